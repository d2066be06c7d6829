import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import type { DeployedFunction } from '../template/deployment.ts';

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

/** What Lambda says of an invocation: JSON text, or the error as the runtime reports it. */
export type WorkerReply =
  | { readonly ok: true; readonly result: string }
  | { readonly ok: false; readonly error: LambdaError };

export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What a worker says: once, whether it has loaded its module, and then a reply to each request. */
export type WorkerMessage =
  | { readonly loaded: true }
  | { readonly loaded: false; readonly error: LambdaError }
  | { readonly reply: WorkerReply };

/** One warm instance of a function: a worker thread with its own environment and memory limit, for one request at a time. */
export interface FunctionWorker {
  /** The function's timeout begins when its module is loaded. */
  invoke(event: string): Promise<WorkerReply>;
  readonly isAlive: boolean;
  /** Whether its module is still being loaded. */
  readonly isLoading: boolean;
  stop(): Promise<void>;
}

/** How long a module may take to load. Lambda's ten seconds are for a machine that starts nothing else meanwhile. */
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

  /** Waits for the next message, for the thread's end, or so long. */
  async function hear<Message extends WorkerMessage>(
    seconds: number,
    lateError: LambdaError,
  ): Promise<Message | LambdaError> {
    const { promise, resolve } = Promise.withResolvers<Message | LambdaError>();
    const onExit = (): void => resolve(death ?? lateError);
    const timer = setTimeout(() => resolve(terminate(lateError)), seconds * 1000);
    worker.once('message', resolve);
    worker.once('exit', onExit);
    const heard = await promise;
    clearTimeout(timer);
    worker.off('message', resolve);
    worker.off('exit', onExit);
    return heard;
  }

  const loading = hear<Exclude<WorkerMessage, { reply: unknown }>>(loadTimeoutSeconds, {
    errorType: NEVER_INVOKED,
    errorMessage: `The module was not loaded within ${loadTimeoutSeconds} seconds; the function was not called.`,
  }).then((heard) => {
    isLoading = false;
    if ('errorType' in heard) return heard;
    return heard.loaded ? undefined : terminate(heard.error);
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
      const broken = (await loading) ?? death;
      if (broken !== undefined) return toFailedJob(broken, requestId);
      const request: WorkerRequest = { requestId, event, deadline: Date.now() + timeoutSeconds * 1000 };
      worker.postMessage(request);
      const late = {
        errorType: 'Sandbox.Timedout',
        errorMessage: `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      };
      const heard = await hear<Extract<WorkerMessage, { reply: unknown }>>(timeoutSeconds, late);
      return 'errorType' in heard ? toFailedJob(heard, requestId) : heard.reply;
    },
  };
}

function startThread(
  { entry, exportName, memoryMegabytes, name, arn }: DeployedFunction,
  environment: Readonly<Record<string, string>>,
): Worker {
  const init: WorkerInit = { entry, exportName, memoryMegabytes, functionName: name, functionArn: arn };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
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

/** What the runtime itself reports names the request; an error of the module stands for itself. */
function toFailedJob(error: LambdaError, requestId: string): WorkerReply {
  if (error.trace !== undefined) return { ok: false, error };
  return {
    ok: false,
    error: { ...error, errorMessage: `RequestId: ${requestId} Error: ${error.errorMessage}` },
  };
}
