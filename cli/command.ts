import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { Video } from '../lambdas/core/api/response.ts';
import { plain } from '../lambdas/core/text/plain.ts';
import { UsageError } from '../local/user-error.ts';
import { shownCommand } from './command-line/npm.ts';
import type { CommandSpec, Flags, Given } from './command-line/spec.ts';
import { type ErrorStyle, reportError } from './errors.ts';

/** How long a connection to one of several addresses may take before the next is tried. */
const ATTEMPT_MS = 5_000;

/** The first Ctrl-C, TERM or hang-up. A second one ends the process at once. */
export interface Interruption {
  readonly promise: Promise<void>;
  readonly signal: AbortSignal;
  readonly hasHappened: boolean;
}

/** Sets the lines to print when an uncaught error ends the process: the tasks that continue at MiniMax. */
export type OnFatal = (describeOpenTasks: () => readonly string[]) => void;

export interface CommandContext {
  readonly interruption: Interruption;
  readonly onFatal: OnFatal;
}

/** A command of the program. Its file is loaded at each start, so it imports what is slow only when it runs. */
export interface Command<F extends Flags = Flags> extends CommandSpec<F> {
  /** @returns the exit code. @throws UsageError where a person has set something wrongly */
  run(given: Given<F>, context: CommandContext): Promise<number>;
}

/** A command, with the types of its flags. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command<F> {
  return command;
}

/** Runs a command to its exit code: 2 where a person has set something wrongly, 130 after Ctrl-C, 1 for every other error. */
export function runToExit(main: (context: CommandContext) => Promise<number>, style: ErrorStyle): void {
  // Node's 250 ms for each address are too little for a service on another continent.
  setDefaultAutoSelectFamilyAttemptTimeout(ATTEMPT_MS);
  // A closed pipe must not end the wait for a video that was paid for.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const interruption = watchForInterruption();
  main({ interruption, onFatal: watchForFatalErrors() }).then(
    (exitCode) => {
      process.exitCode = exitCode;
    },
    (error: unknown) => {
      process.exitCode = reportError(error, style);
    },
  );
}

/** How to fetch the video of a task that continues at MiniMax; empty where no task is known. */
export function adoptHint({ task_id }: Pick<Video, 'task_id'>): string {
  if (task_id === undefined) return '';
  const task = plain(task_id);
  return `To fetch the video of task ${task}: ${shownCommand('make --here', `--task ${task}`)}`;
}

const LOCAL_NODE = 24;

/** The local service needs APIs of this release. @throws UsageError */
export function requireLocalNode(what: string, version = process.versions.node): void {
  if (Number.parseInt(version, 10) >= LOCAL_NODE) return;
  throw new UsageError(`${what} needs Node ${LOCAL_NODE}, and this is Node ${version}.`);
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
  const controller = new AbortController();
  const { signal } = controller;
  const promise = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  return {
    promise,
    signal,
    get hasHappened() {
      return signal.aborted;
    },
  };
}
