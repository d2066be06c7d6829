import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerInit, WorkerMessage, WorkerReply, WorkerRequest } from './function-worker.ts';

/** Runs in a worker thread of its own: loads one bundle and calls its handler, one request after the other. */
const { entry, exportName, memoryMegabytes, functionName, functionArn } = workerData as WorkerInit;

const MEMORY_CHECK_MS = 50;

type Handler = (event: unknown, context: object) => Promise<unknown>;
const loading = import(entry).then(
  (module: Readonly<Record<string, unknown>>) => module[exportName] as Handler,
);
loading.then(
  () => say({ loaded: true }),
  (error: unknown) => say({ loaded: false, error: toLambdaError(error) }),
);

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** V8 limits only its own heap. Lambda counts the memory of buffers too. */
function endIfTooLarge(): void {
  const { heapUsed, external } = process.memoryUsage();
  if (heapUsed + external <= memoryMegabytes * 1024 * 1024) return;
  console.error(
    `The function uses ${Math.round((heapUsed + external) / 1024 / 1024)} MB of ${memoryMegabytes}.`,
  );
  process.exit(1);
}
setInterval(endIfTooLarge, MEMORY_CHECK_MS).unref();

parentPort?.on('message', ({ requestId, event, deadline }: WorkerRequest) => {
  const context = {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMegabytes),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  loading
    .then((handler) => handler(JSON.parse(event), context))
    .then(
      (result): WorkerReply => ({ ok: true, result: JSON.stringify(result ?? null) }),
      (error: unknown): WorkerReply => ({ ok: false, error: toLambdaError(error) }),
    )
    .then((reply) => {
      endIfTooLarge();
      say({ reply });
    });
});

/** As the Lambda runtime reports a thrown error: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function toLambdaError(error: unknown): {
  errorType: string;
  errorMessage: string;
  trace: readonly string[];
} {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}
