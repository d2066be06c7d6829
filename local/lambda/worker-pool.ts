import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import type { FunctionWorker, WorkerReply } from './function-worker.ts';

export interface InvokeOptions {
  /**
   * Waits until an instance is free. A step of the workflow must not wait: its state could time out, and the function
   * would run afterwards. @default false
   */
  readonly waits?: boolean;
  /** A request that is aborted before it begins never begins. */
  readonly signal?: AbortSignal;
  /** Called when an instance takes the request. */
  readonly onBegin?: () => void;
}

export interface PoolOptions {
  /** How many instances of each function may run at once. @default 10 */
  readonly maxWorkers?: number;
  /** How long an instance may be idle before it ends. @default a minute */
  readonly idleMs?: number;
}

interface SharedLimits extends PoolOptions {
  /** Has the machine room for a second or further instance of a function? @default it has */
  readonly hasRoom?: () => boolean;
}

/** The instances of one function: warm ones that wait for a request, and busy ones. */
export interface WorkerPool {
  /** @returns an error `Lambda.TooManyRequestsException` where the function was not called */
  invoke(event: string, options?: InvokeOptions): Promise<WorkerReply>;
  /** The number of instances. */
  readonly size: number;
  /** Ends an idle instance. @returns whether there was one */
  endIdle(): boolean;
  stop(): Promise<void>;
}

export const MAX_WORKERS = 10;
const IDLE_MS = 60_000;

/** A further request does not wait. The API admits fewer requests. */
const MAX_WAITING = 1_000;

/** @param start starts an instance */
export function createWorkerPool(
  start: () => FunctionWorker,
  { maxWorkers = MAX_WORKERS, idleMs = IDLE_MS, hasRoom = () => true }: SharedLimits,
): WorkerPool {
  const started = new Set<FunctionWorker>();
  /** Each instance with the timer that ends it. The last used instance is taken first. */
  const idle = new Map<FunctionWorker, NodeJS.Timeout>();
  const waiting = new Set<(worker: FunctionWorker | undefined) => void>();
  let isStopped = false;

  function end(worker: FunctionWorker): void {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    started.delete(worker);
    void worker.stop();
  }

  /** A loading instance is ready sooner than a new one, which would also take memory. */
  const isAnyLoading = (): boolean => [...started].some(({ isLoading }) => isLoading);

  function mayStart(waits: boolean): boolean {
    if (isStopped || started.size >= maxWorkers || (waits && isAnyLoading())) return false;
    return started.size === 0 || hasRoom();
  }

  /** @returns undefined where all instances are busy and no further one may start */
  function take(waits: boolean): FunctionWorker | undefined {
    for (const [worker, timer] of [...idle].reverse()) {
      if (!worker.isAlive) end(worker);
      else {
        clearTimeout(timer);
        idle.delete(worker);
        return worker;
      }
    }
    if (!mayStart(waits)) return undefined;
    const worker = start();
    started.add(worker);
    return worker;
  }

  function release(worker: FunctionWorker): void {
    if (worker.isAlive) idle.set(worker, setTimeout(() => end(worker), idleMs).unref());
    else end(worker);
    for (const next of waiting) {
      const free = take(true);
      if (free === undefined) return;
      next(free);
    }
  }

  async function waitForWorker(signal: AbortSignal | undefined): Promise<FunctionWorker | undefined> {
    if (waiting.size >= MAX_WAITING || isStopped || signal?.aborted) return undefined;
    const { promise, resolve } = Promise.withResolvers<FunctionWorker | undefined>();
    const next = (worker: FunctionWorker | undefined): void => {
      waiting.delete(next);
      signal?.removeEventListener('abort', giveUp);
      resolve(worker);
    };
    const giveUp = (): void => next(undefined);
    signal?.addEventListener('abort', giveUp);
    waiting.add(next);
    return promise;
  }

  return {
    async invoke(event, { waits = false, signal, onBegin } = {}) {
      if (signal?.aborted) return NOT_INVOKED;
      const worker = take(waits) ?? (waits ? await waitForWorker(signal) : undefined);
      if (worker === undefined) return NOT_INVOKED;
      onBegin?.();
      const reply = await worker.invoke(event);
      release(worker);
      return reply;
    },
    get size() {
      return started.size;
    },
    endIdle() {
      const [worker] = idle.keys();
      if (worker !== undefined) end(worker);
      return worker !== undefined;
    },
    async stop() {
      isStopped = true;
      for (const next of waiting) next(undefined);
      await Promise.all([...started].map((worker) => worker.stop()));
    },
  };
}

/** Lambda's error: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const NOT_INVOKED: WorkerReply = {
  ok: false,
  error: { errorType: NEVER_INVOKED, errorMessage: 'Rate Exceeded: no instance of the function was free.' },
};
