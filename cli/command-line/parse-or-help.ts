import { readNpmEnvironment } from '../environment.ts';
import { asksForHelp, parseFlags, toCommander } from './commander.ts';
import { rejectSwallowedFlags } from './npm.ts';
import type { CommandSpec, Flags, Given } from './spec.ts';

/** The flags of a command. Prints its help and ends the process, where it is asked for. @throws UsageError */
export function parseOrHelp<F extends Flags>(
  spec: CommandSpec<F>,
  args: readonly string[],
  shown: (flags: string) => string,
): Given<F> {
  if (asksForHelp(args)) {
    toCommander(spec).outputHelp();
    process.exit(0);
  }
  // A word without a flag may have lost its flag to npm. That cause is reported instead of another error.
  rejectSwallowedFlags(spec.flags, shown, readNpmEnvironment());
  return parseFlags(spec, args);
}
