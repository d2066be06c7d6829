import { toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import { UsageError } from '../../local/user-error.ts';
import type { CommandSpec } from '../command-line/spec.ts';
import { GLOBAL_HOST } from '../minimax-choice.ts';
import { toBash } from './bash.ts';
import { toZsh } from './zsh.ts';

/** Prints what makes a shell complete the commands. @returns the exit code */
export async function completion(shell: string, commands: readonly CommandSpec[]): Promise<number> {
  const toScript = { bash: toBash, zsh: toZsh }[shell];
  if (toScript === undefined) throw new UsageError(`SHELL is "${shell}"; allowed is bash or zsh.`);
  const templates = toCatalogue(GLOBAL_HOST).templates.map(({ name }) => name);
  process.stdout.write(toScript(commands, templates));
  return 0;
}
