import { WrongSetting } from '../infra/settings.ts';
import { WrongFlag } from './flags.ts';

/** What shells expect of a command that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** The first Ctrl-C, TERM or hang-up. A second one ends the process at once. */
export interface Interruption {
  readonly promise: Promise<void>;
  readonly hasHappened: boolean;
}

/** Runs a command to its exit code: 2 for what the person has set wrongly, 1 for whatever else it throws. */
export function runCommand(name: string, main: (interruption: Interruption) => Promise<number>): void {
  // A closed pipe must not end the wait for a video that was paid for.
  process.stdout.on('error', () => undefined);
  const interruption = watchForInterruption();
  main(interruption).then(
    (exitCode) => {
      process.exitCode = exitCode;
    },
    (error: unknown) => {
      // Whatever broke because of Ctrl-C, such as a compiler that got it too, is not worth a word.
      if (interruption.hasHappened) console.error('Stopped before anything was submitted.');
      process.exitCode = interruption.hasHappened ? INTERRUPTED : complain(name, error);
    },
  );
}

function complain(name: string, error: unknown): number {
  const isTheirs = error instanceof WrongFlag || error instanceof WrongSetting;
  console.error(isTheirs ? `${error.message}\n${name} -- --help shows all flags.` : error);
  return isTheirs ? 2 : 1;
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
