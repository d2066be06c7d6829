import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import { siblingOf } from '../sibling.ts';
import type { DeployedFunction } from '../template/deployment.ts';

const WORKER = siblingOf(import.meta.url, 'worker');

export interface WorkerInit {
  readonly entry: string;
  readonly exportName: string;
  readonly memoryMegabytes: number;
  readonly functionName: string;
  readonly functionArn: string;
}

export interface WorkerRequest {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** The result of an invocation: JSON text, or the error that the runtime reports. */
export type WorkerReply =
  | { readonly ok: true; readonly result: string }
  | { readonly ok: false; readonly error: LambdaError };

export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** A worker sends one message about the loading of its module, and then a reply to each request. */
export type WorkerMessage =
  | { readonly loaded: true }
  | { readonly loaded: false; readonly error: LambdaError }
  | { readonly reply: WorkerReply };

/** An instance of a function: a worker thread with its own environment and memory limit, for one request at a time. */
export interface FunctionWorker {
  /** Loading the module, the cold start, does not count against the function's timeout, as in Lambda's init phase. */
  invoke(event: string): Promise<WorkerReply>;
  readonly isAlive: boolean;
  /** Is its module still being loaded? */
  readonly isLoading: boolean;
  stop(): Promise<void>;
}

/**
 * How long a module may take to load. Lambda's init phase has ten seconds, on a machine of its own:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
const LOAD_TIMEOUT_SECONDS = 60;

interface WorkerOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Gets what the function prints, in chunks of whole lines. */
  readonly onLog: (text: string) => void;
  /** @default 60 */
  readonly loadTimeoutSeconds?: number;
}

export function startFunctionWorker(
  deployed: DeployedFunction,
  { environment, onLog, loadTimeoutSeconds = LOAD_TIMEOUT_SECONDS }: WorkerOptions,
): FunctionWorker {
  const { timeoutSeconds } = deployed;
  const worker = startThread(deployed, environment);
  worker.stdout.setEncoding('utf8').on('data', onLog);
  worker.stderr.setEncoding('utf8').on('data', onLog);

  let isLoading = true;
  let death: LambdaError | undefined;
  worker.on('error', (error: Error & { readonly code?: string }) => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    death = exitError(isMemory ? 'Runtime exited with error: out of memory' : error.message);
  });
  worker.on('exit', () => {
    death ??= exitError('Runtime exited without providing a reason');
  });
  const terminate = (reason: LambdaError): LambdaError => {
    death ??= reason;
    void worker.terminate();
    return reason;
  };

  /** Waits for the next message or the end of the thread. After that many seconds it ends the thread. */
  async function nextMessage<Message extends WorkerMessage>(
    seconds: number,
    lateError: LambdaError,
  ): Promise<Message | LambdaError> {
    const { promise, resolve } = Promise.withResolvers<Message | LambdaError>();
    const onExit = (): void => resolve(death ?? lateError);
    const timer = setTimeout(() => resolve(terminate(lateError)), seconds * 1000);
    worker.once('message', resolve);
    worker.once('exit', onExit);
    const message = await promise;
    clearTimeout(timer);
    worker.off('message', resolve);
    worker.off('exit', onExit);
    return message;
  }

  const loading = nextMessage<Exclude<WorkerMessage, { reply: unknown }>>(loadTimeoutSeconds, {
    errorType: NEVER_INVOKED,
    errorMessage: `The module was not loaded within ${loadTimeoutSeconds} seconds. The function was not called.`,
  }).then((message) => {
    isLoading = false;
    if ('errorType' in message) return message;
    return message.loaded ? undefined : terminate(message.error);
  });

  return {
    get isAlive() {
      return death === undefined;
    },
    get isLoading() {
      return isLoading;
    },
    async stop() {
      await worker.terminate();
    },
    async invoke(event) {
      const requestId = randomUUID();
      const failure = (await loading) ?? death;
      if (failure !== undefined) return toFailedReply(failure, requestId);
      const request: WorkerRequest = { requestId, event, deadline: Date.now() + timeoutSeconds * 1000 };
      worker.postMessage(request);
      const late = {
        errorType: 'Sandbox.Timedout',
        errorMessage: `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      };
      const message = await nextMessage<Extract<WorkerMessage, { reply: unknown }>>(timeoutSeconds, late);
      return 'errorType' in message ? toFailedReply(message, requestId) : message.reply;
    },
  };
}

function startThread(
  { entry, exportName, memoryMegabytes, name, arn }: DeployedFunction,
  environment: Readonly<Record<string, string>>,
): Worker {
  const init: WorkerInit = { entry, exportName, memoryMegabytes, functionName: name, functionArn: arn };
  const worker = new Worker(WORKER, {
    workerData: init,
    env: { ...environment },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    stdout: true,
    stderr: true,
  });
  worker.unref();
  return worker;
}

function exitError(errorMessage: string): LambdaError {
  return { errorType: 'Runtime.ExitError', errorMessage };
}

/** An error of the runtime names the request. An error of the module stays unchanged. */
function toFailedReply(error: LambdaError, requestId: string): WorkerReply {
  if (error.trace !== undefined) return { ok: false, error };
  return {
    ok: false,
    error: { ...error, errorMessage: `RequestId: ${requestId} Error: ${error.errorMessage}` },
  };
}
