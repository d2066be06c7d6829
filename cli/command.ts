import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { inspect, type ParseArgsOptionsConfig } from 'node:util';
import { InvalidSetting } from '../infra/settings.ts';
import type { Video } from '../lambdas/core/api/response.ts';
import { plain, printableLines } from '../lambdas/core/text/plain.ts';
import { FolderInUse, UnusableFile, UsageError, UserError } from '../local/user-error.ts';
import { ApiError } from './client/errors.ts';
import { readNpmConfig } from './environment.ts';
import { type Command, type Given, parseFlags, refuseSwallowed } from './flags.ts';

/** How long a connection to one of several addresses may take before the next is tried. */
const ATTEMPT_MS = 5_000;

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

/** How a command that runs hears of the world. */
export interface Surroundings {
  readonly interruption: Interruption;
  readonly onFatal: OnFatal;
}

/** Runs a command to its exit code: 2 for what the person has set wrongly, 1 for whatever else it throws. */
export function runCommand<Flags extends ParseArgsOptionsConfig>(
  command: Command<Flags>,
  main: (values: Given<Flags>['values'], surroundings: Surroundings) => Promise<number>,
): void {
  const { values } = flagsOf(command);
  // Node gives each of several addresses 250 ms, which is too little for a service on another continent.
  setDefaultAutoSelectFamilyAttemptTimeout(ATTEMPT_MS);
  // A closed pipe must not end the wait for a video that was paid for.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const interruption = watchForInterruption();
  main(values, { interruption, onFatal: watchForFatalErrors() }).then(
    (exitCode) => {
      process.exitCode = exitCode;
    },
    (error: unknown) => {
      process.exitCode = reportError(command.name, error);
    },
  );
}

/** What this process was given. Ends it where that was a question for help, or is wrong. @param read may throw WrongFlag */
export function flagsOf<Flags extends ParseArgsOptionsConfig, Read = Given<Flags>>(
  command: Command<Flags>,
  read: (given: Given<Flags>) => Read = (given) => given as Read,
): Read {
  try {
    const given = parseOwnFlags(command);
    if (given !== undefined) return read(given);
    console.log(command.help);
    process.exit(0);
  } catch (error) {
    process.exit(reportError(command.name, error));
  }
}

/** A value that stands alone may have lost its flag to npm, which is then the cause. */
function parseOwnFlags<Flags extends ParseArgsOptionsConfig>(
  command: Command<Flags>,
): Given<Flags> | undefined {
  try {
    const given = parseFlags(command, process.argv.slice(2));
    if (given !== undefined) refuseSwallowed(command, readNpmConfig());
    return given;
  } catch (error) {
    refuseSwallowed(command, readNpmConfig());
    throw error;
  }
}

/** Thrown where Ctrl-C has ended what was under way; its message says what becomes of it. */
export class Interrupted extends Error {}

function reportError(name: string, error: unknown): number {
  // The end of the service has failed too; what came first says why.
  if (error instanceof SuppressedError) {
    const exitCode = reportError(name, error.suppressed);
    reportError(name, error.error);
    return exitCode;
  }
  if (error instanceof Interrupted) {
    console.error(printableLines(error.message));
    return INTERRUPTED;
  }
  if (error instanceof UsageError || error instanceof InvalidSetting) {
    console.error(printableLines(`${error.message}\n${name} -- --help shows all flags.`));
    return 2;
  }
  if (error instanceof FolderInUse || error instanceof UnusableFile) {
    console.error(printableLines(error.message));
    return 2;
  }
  const needsNoStack = error instanceof UserError || isOfTheSystem(error);
  console.error(printableLines(needsNoStack ? error.message : inspect(error)));
  return error instanceof ApiError && error.status === 400 ? 2 : 1;
}

/** A refusal of the operating system, whose message names what was asked for and where. */
function isOfTheSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error;
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
