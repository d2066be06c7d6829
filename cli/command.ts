import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { inspect, type ParseArgsOptionsConfig } from 'node:util';
import { ApiError, TemplateVideoError } from '../client/errors.ts';
import { InvalidSetting } from '../infra/settings.ts';
import type { Video } from '../lambdas/core/api/response.ts';
import { plain, printableLines } from '../lambdas/core/text/plain.ts';
import { FolderInUse, UnusableFile, UsageError, UserError } from '../local/user-error.ts';
import { readNpmConfig } from './environment.ts';
import { type Command, type Given, parseFlags, rejectSwallowedFlags } from './flags.ts';

/** How long a connection to one of several addresses may take before the next is tried. */
const ATTEMPT_MS = 5_000;

/** What shells expect of a command that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** The first Ctrl-C, TERM or hang-up. A second one ends the process at once. */
export interface Interruption {
  readonly promise: Promise<void>;
  readonly hasHappened: boolean;
}

/** How to fetch the video of a task that continues at MiniMax; empty where no task is known. */
export function adoptHint({ task_id }: Pick<Video, 'task_id'>): string {
  return task_id === undefined
    ? ''
    : `To fetch the video of task ${plain(task_id)}: npm start -- --task ${plain(task_id)}`;
}

/** Sets the lines to print when an uncaught error ends the process: the tasks that continue at MiniMax. */
export type OnFatal = (describeOpenTasks: () => readonly string[]) => void;

export interface CommandContext {
  readonly interruption: Interruption;
  readonly onFatal: OnFatal;
}

/** Runs a command to its exit code: 2 where a person has set something wrongly, 1 for every other error. */
export function runCommand<Flags extends ParseArgsOptionsConfig>(
  command: Command<Flags>,
  main: (values: Given<Flags>['values'], context: CommandContext) => Promise<number>,
): void {
  const { values } = flagsOf(command);
  // Node's 250 ms for each address are too little for a service on another continent.
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

/** Reads the flags of this process. Ends it after --help, and at a wrong flag. @param read may throw UsageError */
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

/** A word without a flag may have lost its flag to npm. That cause is reported instead. */
function parseOwnFlags<Flags extends ParseArgsOptionsConfig>(
  command: Command<Flags>,
): Given<Flags> | undefined {
  try {
    const given = parseFlags(command, process.argv.slice(2));
    if (given !== undefined) rejectSwallowedFlags(command, readNpmConfig());
    return given;
  } catch (error) {
    rejectSwallowedFlags(command, readNpmConfig());
    throw error;
  }
}

/** Ctrl-C has ended the work; the message says what continues. */
export class Interrupted extends Error {}

function reportError(name: string, error: unknown): number {
  // The clean-up failed too. The first error is the cause.
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
  const isExplained =
    error instanceof UserError || error instanceof TemplateVideoError || isSystemError(error);
  console.error(printableLines(isExplained ? error.message : inspect(error)));
  return error instanceof ApiError && error.status === 400 ? 2 : 1;
}

/** An error of the operating system; its message names the call and the path. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** An uncaught error must not hide which tasks are paid for. */
function watchForFatalErrors(): OnFatal {
  let describeOpenTasks: () => readonly string[] = () => [];
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      console.error(error);
      try {
        for (const line of describeOpenTasks()) console.error(line);
      } catch (failure) {
        console.error(failure);
      }
      process.exit(1);
    });
  }
  return (given) => {
    describeOpenTasks = given;
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
