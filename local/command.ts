import { inspect } from 'node:util';
import { WrongSetting } from '../infra/settings.ts';
import type { Video } from '../lambdas/core/answer.ts';
import { plain, printableLines } from '../lambdas/core/plain-text.ts';
import { RequestRefused } from './client/failed-try.ts';
import { Explained, UnusableFile } from './explained.ts';
import { WrongFlag } from './flags.ts';
import { FolderInUse } from './state/folder-lock.ts';

/** What shells expect of a command that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** The first Ctrl-C, TERM or hang-up. A second one ends the process at once. */
export interface Interruption {
  readonly promise: Promise<void>;
  readonly hasHappened: boolean;
}

/** How to take up a task whose wait has ended on this machine; empty where there is none. */
export function howToAdopt({ task_id }: Pick<Video, 'task_id'>): string {
  return task_id === undefined
    ? ''
    : `To fetch the video of task ${plain(task_id)}: npm start -- --task ${plain(task_id)}`;
}

/** Sets what is printed, a line each, when an error that no code catches ends the process: the tasks that MiniMax goes on with. */
export type OnFatal = (whatGoesOn: () => readonly string[]) => void;

/** Runs a command to its exit code: 2 for what the person has set wrongly, 1 for whatever else it throws. */
export function runCommand(
  name: string,
  main: (interruption: Interruption, onFatal: OnFatal) => Promise<number>,
): void {
  // A closed pipe must not end the wait for a video that was paid for.
  process.stdout.on('error', () => undefined);
  const interruption = watchForInterruption();
  main(interruption, watchForFatalErrors()).then(
    (exitCode) => {
      process.exitCode = exitCode;
    },
    (error: unknown) => {
      process.exitCode = complain(name, error);
    },
  );
}

/** Thrown where Ctrl-C has ended what was under way; its message says what becomes of it. */
export class Stopped extends Error {}

function complain(name: string, error: unknown): number {
  if (error instanceof Stopped) {
    console.error(printableLines(error.message));
    return INTERRUPTED;
  }
  if (error instanceof WrongFlag || error instanceof WrongSetting) {
    console.error(printableLines(`${error.message}\n${name} -- --help shows all flags.`));
    return 2;
  }
  if (error instanceof FolderInUse || error instanceof UnusableFile) {
    console.error(printableLines(error.message));
    return 2;
  }
  console.error(printableLines(error instanceof Explained ? error.message : inspect(error)));
  return error instanceof RequestRefused && error.status === 400 ? 2 : 1;
}

/** The last resort. Errors are caught where they happen; one that is not still must not hide what was paid for. */
function watchForFatalErrors(): OnFatal {
  let whatGoesOn: () => readonly string[] = () => [];
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      console.error(error);
      try {
        for (const line of whatGoesOn()) console.error(line);
      } catch (failure) {
        console.error(failure);
      }
      process.exit(1);
    });
  }
  return (given) => {
    whatGoesOn = given;
  };
}

function watchForInterruption(): Interruption {
  const { promise, resolve } = Promise.withResolvers<void>();
  const interruption = { promise, hasHappened: false };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interruption.hasHappened = true;
      resolve();
    });
  }
  return interruption;
}
