import { Worker } from 'node:worker_threads';
import { siblingOf } from '../sibling.ts';
import { ACCOUNT_ID, REGION } from '../template/template.ts';
import { UnusableFile } from '../user-error.ts';
import type { EmulatorOptions, TableAnswer, TableChanges } from './emulator.ts';

const WORKER = siblingOf(import.meta.url, 'worker');

export type TableRequest =
  | { readonly close: true }
  | { readonly id: number; readonly target: string; readonly body: Uint8Array };

export interface StartFailure {
  readonly message: string;
  /** The folder holds no readable database. */
  readonly isUnreadable: boolean;
}

/** A thread sends one message about its start, and then an answer to each call. */
export type TableReply =
  | { readonly opened: true; readonly changes: TableChanges }
  | { readonly opened: false; readonly failure: StartFailure }
  | { readonly id: number; readonly answer: TableAnswer };

/** dynalite in a worker thread, which its crash ends. */
export interface TableThread {
  readonly isAlive: boolean;
  /** @throws UnusableFile where the folder cannot be read */
  readonly opening: Promise<TableChanges>;
  /** A call that the thread does not answer in time ends the thread. @throws Error where the thread ends without an answer */
  call(target: string, body: Uint8Array): Promise<TableAnswer>;
  /** Closes the database, or ends the thread after some seconds. */
  close(): Promise<void>;
  /** Resolves when the thread has released the folder. */
  readonly ended: Promise<void>;
}

/** Dynalite answers in milliseconds, and a page of a megabyte in less than a second. */
const CALL_TIMEOUT_MS = 30_000;

const CLOSE_TIMEOUT_MS = 5_000;

export function startTableThread(options: EmulatorOptions): TableThread {
  const worker = new Worker(WORKER, {
    workerData: options,
    // dynalite makes the ARNs of its tables from these.
    env: { AWS_REGION: REGION, AWS_ACCOUNT_ID: ACCOUNT_ID },
    execArgv: [],
  });
  const opening = Promise.withResolvers<TableChanges>();
  const ended = Promise.withResolvers<void>();
  const waiting = new Map<number, PromiseWithResolvers<TableAnswer>>();
  let last = 0;
  let death: Error | undefined;

  worker.on('message', (reply: TableReply) => {
    if ('id' in reply) waiting.get(reply.id)?.resolve(reply.answer);
    else if (reply.opened) opening.resolve(reply.changes);
    else opening.reject(toError(options.folder, reply.failure));
  });
  worker.on('error', (error: Error) => {
    death ??= error;
  });
  worker.on('exit', () => {
    death ??= new Error('The thread of the tables has ended.');
    opening.reject(death);
    for (const { reject } of waiting.values()) reject(death);
    ended.resolve();
  });
  // An open table does not keep the process alive.
  opening.promise.then(
    () => worker.unref(),
    () => undefined,
  );

  function endLate(message: string): void {
    death ??= new Error(message);
    void worker.terminate();
  }

  return {
    get isAlive() {
      return death === undefined;
    },
    opening: opening.promise,
    ended: ended.promise,
    async call(target, body) {
      await opening.promise;
      if (death !== undefined) throw death;
      last += 1;
      const id = last;
      const answer = Promise.withResolvers<TableAnswer>();
      waiting.set(id, answer);
      worker.postMessage({ id, target, body } satisfies TableRequest);
      const timer = setTimeout(endLate, CALL_TIMEOUT_MS, `${target} was not answered in time.`);
      return answer.promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(id);
      });
    },
    async close() {
      await Promise.race([
        Promise.allSettled([...waiting.values()].map(({ promise }) => promise)),
        ended.promise,
      ]);
      worker.postMessage({ close: true } satisfies TableRequest);
      const timer = setTimeout(endLate, CLOSE_TIMEOUT_MS, 'The database was not closed in time.');
      await ended.promise;
      clearTimeout(timer);
    },
  };
}

function toError(folder: string | undefined, { message, isUnreadable }: StartFailure): Error {
  if (folder === undefined || !isUnreadable) return new Error(message);
  return new UnusableFile(
    `${folder} cannot be read (${message}). Move it away: the next start makes empty tables.`,
  );
}
