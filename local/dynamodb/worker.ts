import { parentPort, workerData } from 'node:worker_threads';
import { type EmulatorOptions, openEmulator } from './emulator.ts';
import type { StartFailure, TableReply, TableRequest } from './table-thread.ts';

/** Runs in a worker thread of its own: dynalite, whose errors end the thread. */
const opening = openEmulator(workerData as EmulatorOptions);
opening.then(
  ({ changes }) => say({ opened: true, changes }),
  (error: Error) => {
    say({ opened: false, failure: toFailure(error) });
    parentPort?.close();
  },
);

function say(reply: TableReply): void {
  parentPort?.postMessage(reply);
}

/** level says that the database is not open. The cause says why. */
function toFailure({ code, message, cause }: Error & { readonly code?: string }): StartFailure {
  const isUnreadable = code?.startsWith('LEVEL_') ?? false;
  return { isUnreadable, message: cause instanceof Error ? cause.message : message };
}

parentPort?.on('message', async (request: TableRequest) => {
  const emulator = await opening;
  if ('close' in request) {
    await emulator.close();
    parentPort?.close();
    return;
  }
  const { id, target, body } = request;
  say({ id, answer: await emulator.call(target, body) });
});
