import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { printable } from '../lambdas/core/text/plain.ts';
import { UsageError } from '../local/user-error.ts';

/** The name, help and flags of a command. */
export interface Command<Flags extends ParseArgsOptionsConfig = ParseArgsOptionsConfig> {
  /** As a person types it, as in `npm start`. */
  readonly name: string;
  /** What `--help` prints. */
  readonly help: string;
  /** All flags but `--help`, which every command has. */
  readonly flags: Flags;
  /** Whether it takes words that belong to no flag. @default false */
  readonly takesWords?: boolean;
}

/** What was given for the flags of a command. */
export type Values<Flags extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Flags; strict: true }>
>['values'];

export interface Given<Flags extends ParseArgsOptionsConfig> {
  readonly values: Values<Flags>;
  readonly words: readonly string[];
}

/** @returns undefined where --help is among the arguments. @throws UsageError */
export function parseFlags<Flags extends ParseArgsOptionsConfig>(
  { flags, takesWords = false }: Command<Flags>,
  args: readonly string[],
): Given<Flags> | undefined {
  if (args.includes('--help') || args.includes('-h')) return undefined;
  const lenient = parseArgs({
    args: [...args],
    options: flags as ParseArgsOptionsConfig,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of lenient.tokens) {
    if (token.kind === 'option') rejectWrongOption(token, flags, seen);
    if (token.kind === 'positional' && !takesWords)
      throw new UsageError(`"${printable(token.value)}" belongs to no flag.`);
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    options: flags,
    strict: true,
    allowPositionals: true,
  });
  return { values, words: positionals };
}

type Token = NonNullable<ReturnType<typeof parseArgs<{ tokens: true; strict: false }>>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

const HELP = { type: 'boolean' } as const;

/** `parseArgs` has one long message for several errors, and takes the last of two values. */
function rejectWrongOption(
  { name, rawName, value, inlineValue }: OptionToken,
  flags: ParseArgsOptionsConfig,
  seen: Set<string>,
): void {
  const flag: ParseArgsOptionsConfig[string] | undefined = name === 'help' ? HELP : flags[name];
  if (flag === undefined || !rawName.startsWith('--')) {
    const known = [...Object.keys(flags), 'help'].map((one) => `--${one}`).join(', ');
    throw new UsageError(`${printable(rawName)} is not a flag of this command; its flags are ${known}.`);
  }
  if (flag.type === 'boolean' && value !== undefined) throw new UsageError(`--${name} takes no value.`);
  if (flag.type === 'string' && value === undefined) throw new UsageError(`--${name} has no value.`);
  if (flag.type === 'string' && !inlineValue && /^-./.test(value ?? ''))
    throw new UsageError(
      `--${name} has no value: "${printable(value ?? '')}" follows. If that is the value, write --${name}=${printable(value ?? '')}`,
    );
  if (seen.has(name) && flag.multiple !== true)
    throw new UsageError(`--${name} is given more than once; give it once.`);
  seen.add(name);
}

/** @throws UsageError */
export function toWholeNumber(
  flag: string,
  value: string,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new UsageError(`${flag} is "${value}"; allowed is a whole number from ${from} to ${to}.`);
}

/**
 * npm takes flags before a `--` for its own, and passes them on in the environment only. Without this check, the command would
 * ignore them: it would make, and pay for, another video.
 * @param environment the variables whose names begin with `npm_config_`
 * @throws UsageError
 */
export function rejectSwallowedFlags(
  { name, flags }: Command,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  for (const flag of Object.keys(flags)) {
    if (NPM_SETTINGS.includes(flag)) continue;
    if (environment[`npm_config_${flag.replaceAll('-', '_')}`] === undefined) continue;
    throw new UsageError(
      `npm took --${flag} for its own flag. Put -- before the flags: ${name} -- --${flag} …`,
    );
  }
}

/** Settings of npm that a person's `.npmrc` may contain. */
const NPM_SETTINGS: readonly string[] = ['json', 'key'];
