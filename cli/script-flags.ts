import { parseOrHelp } from './command-line/parse-or-help.ts';
import type { CommandSpec, Flags, Given } from './command-line/spec.ts';
import { reportError } from './errors.ts';

/**
 * Reads the flags of a script of this project that is no command of the program. Ends the process after --help, and at a wrong flag.
 * @param spec whose name is as a person types it, as in `npm run bench`
 * @param read may throw UsageError
 */
export function flagsOf<const F extends Flags, Read = Given<F>>(
  spec: CommandSpec<F>,
  read: (given: Given<F>) => Read = (given) => given as Read,
): Read {
  const { name } = spec;
  const shown = (flags: string): string => `${name} -- ${flags}`;
  try {
    return read(parseOrHelp(spec, process.argv.slice(2), shown));
  } catch (error) {
    process.exit(reportError(error, { helpHint: `${shown('--help')} shows all flags.`, isJson: false }));
  }
}
