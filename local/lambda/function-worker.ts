import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { DeployedFunction } from '../deployment.ts';

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

/** One warm instance of a function: a worker thread with its own environment and memory limit, for one request at a time. */
export interface FunctionWorker {
  invoke(event: string): Promise<WorkerReply>;
  readonly isAlive: boolean;
  stop(): Promise<void>;
}

/** @param onLog gets what the function prints, in chunks of whole lines */
export function startFunctionWorker(
  deployed: DeployedFunction,
  environment: Readonly<Record<string, string>>,
  onLog: (text: string) => void,
): FunctionWorker {
  const { entry, exportName, memoryMegabytes, timeoutSeconds, name, arn } = deployed;
  const init: WorkerInit = { entry, exportName, memoryMegabytes, functionName: name, functionArn: arn };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: init,
    env: { ...environment },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    stdout: true,
    stderr: true,
  });
  worker.stdout.setEncoding('utf8').on('data', onLog);
  worker.stderr.setEncoding('utf8').on('data', onLog);
  worker.unref();

  let isAlive = true;
  let death: LambdaError = {
    errorType: 'Runtime.ExitError',
    errorMessage: 'Runtime exited without providing a reason',
  };
  worker.on('error', (error: Error & { readonly code?: string }) => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    death = {
      errorType: 'Runtime.ExitError',
      errorMessage: isMemory ? 'Runtime exited with error: out of memory' : error.message,
    };
  });
  worker.on('exit', () => {
    isAlive = false;
  });

  return {
    get isAlive() {
      return isAlive;
    },
    async stop() {
      await worker.terminate();
    },
    invoke(event) {
      const { promise, resolve } = Promise.withResolvers<WorkerReply>();
      const requestId = randomUUID();
      const onReply = (reply: WorkerReply): void => settle(reply);
      const onExit = (): void =>
        settle({
          ok: false,
          error: { ...death, errorMessage: `RequestId: ${requestId} Error: ${death.errorMessage}` },
        });
      const timer = setTimeout(() => {
        const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
        isAlive = false;
        void worker.terminate();
        settle({ ok: false, error: { errorType: 'Sandbox.Timedout', errorMessage } });
      }, timeoutSeconds * 1000);
      const settle = (reply: WorkerReply): void => {
        clearTimeout(timer);
        worker.off('message', onReply);
        worker.off('exit', onExit);
        resolve(reply);
      };
      worker.on('message', onReply);
      worker.on('exit', onExit);
      const request: WorkerRequest = { requestId, event, deadline: Date.now() + timeoutSeconds * 1000 };
      worker.postMessage(request);
      return promise;
    },
  };
}
