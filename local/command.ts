import { WrongSetting } from '../infra/settings.ts';
import { WrongFlag } from './flags.ts';

/** Runs a command to its exit code: 2 for what the person has set wrongly, 1 for whatever else it throws. */
export function runCommand(name: string, main: () => Promise<number>): void {
  main().then(
    (exitCode) => {
      process.exitCode = exitCode;
    },
    (error: unknown) => {
      const isTheirs = error instanceof WrongFlag || error instanceof WrongSetting;
      console.error(isTheirs ? `${error.message}\n${name} -- --help shows all flags.` : error);
      process.exitCode = isTheirs ? 2 : 1;
    },
  );
}

/** Resolves at the first Ctrl-C or TERM. */
export function interruption(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once('SIGINT', resolve);
  process.once('SIGTERM', resolve);
  return promise;
}
