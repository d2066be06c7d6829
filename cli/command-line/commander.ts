import { Command, CommanderError, type HelpConfiguration, Option } from 'commander';
import { printable } from '../../lambdas/core/text/plain.ts';
import { VERSION } from '../../lambdas/core/version.ts';
import { UsageError } from '../../local/user-error.ts';
import type { CommandSpec, Flags, Given, Values } from './spec.ts';

export const PROGRAM = 'template-video';

const HELP: HelpConfiguration = {
  helpWidth: 110,
  subcommandTerm: (command) => command.name(),
  styleTitle: (title) => title.replace('Options:', 'Flags:'),
};

/** A command as commander knows it, with our help. It prints nothing but its help, and never ends the process. */
export function toCommander({ name, summary, flags, words, details, examples }: CommandSpec): Command {
  const command = new Command(name)
    .description(summary)
    .usage(`${words === undefined ? '' : `${shownWords(words)} `}[flags]`)
    .helpOption('-h, --help', 'this text')
    .exitOverride()
    .configureHelp(HELP)
    .configureOutput({ outputError: () => undefined });
  if (words !== undefined) command.argument(`[${words.name}...]`, words.help);
  for (const [flag, { takes, help, isRepeatable, default: preset }] of Object.entries(flags)) {
    const option = new Option(takes === undefined ? `--${flag}` : `--${flag} <${takes}>`, help);
    if (preset !== undefined) option.default(preset, preset);
    if (isRepeatable) option.argParser((value: string, given: readonly string[] = []) => [...given, value]);
    command.addOption(option);
  }
  if (details !== undefined) command.addHelpText('after', `\n${details}`);
  const lines = (examples ?? []).map((example) => `  ${PROGRAM} ${example}`);
  if (lines.length > 0) command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  return command;
}

/** The program, with the commands of which it is made. It is for help, and for what is no command. */
export function toProgram(specs: readonly CommandSpec[]): Command {
  const program = new Command(PROGRAM)
    .description('Videos from MiniMax templates, with a service in your own AWS account or on this machine.')
    .usage('COMMAND [flags]')
    .version(VERSION, '--version', 'the version of this program')
    .helpOption('-h, --help', 'this text')
    .exitOverride()
    .configureHelp(HELP)
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', EXIT_CODES);
  for (const spec of specs) program.addCommand(toCommander(spec));
  return program;
}

const EXIT_CODES = `
${PROGRAM} COMMAND --help shows the flags of a command, with examples.
Exit codes: 0 done, 1 failed, 2 something is set wrongly, 130 ended by Ctrl-C.`;

/** Answers what names no command: --help, --version, and mistakes. @throws UsageError */
export function answerWithoutCommand(program: Command, args: readonly string[]): void {
  try {
    if (args.length === 0) program.outputHelp();
    else program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    const names = program.commands.map((command) => command.name()).join(', ');
    throw new UsageError(
      `"${printable(args[0] ?? '')}" is no command; the commands are ${names}.${suggestionIn(error.message)}`,
    );
  }
}

function shownWords({ name, from, to }: NonNullable<CommandSpec['words']>): string {
  const shown = to > 1 ? `${name} …` : name;
  return from === 0 ? `[${shown}]` : shown;
}

/** @throws UsageError */
export function parseFlags<F extends Flags>(spec: CommandSpec<F>, args: readonly string[]): Given<F> {
  rejectMissingValues(spec, args);
  const command = toCommander(spec).allowExcessArguments();
  const seen = new Set<string>();
  for (const [name, { isRepeatable }] of Object.entries(spec.flags))
    command.on(`option:${name}`, () => {
      if (seen.has(name) && isRepeatable !== true)
        throw new UsageError(`--${name} is given more than once; give it once.`);
      seen.add(name);
    });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? toUsageError(error, spec) : error;
  }
  rejectWrongWords(spec, command.args);
  return { values: valuesOf(spec, command), words: command.args };
}

/** In every place, also where it would be a value. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

function valuesOf<F extends Flags>({ flags }: CommandSpec<F>, command: Command): Values<F> {
  const given: Readonly<Record<string, unknown>> = command.opts();
  const entries = Object.entries<Flags[string]>(flags).map(([name, { takes }]) => {
    const value = given[new Option(`--${name}`).attributeName()];
    return [name, takes === undefined ? value === true : value];
  });
  return Object.fromEntries(entries) as Values<F>;
}

/** commander takes the next argument as the value, also where it is a flag. */
function rejectMissingValues({ flags }: CommandSpec, args: readonly string[]): void {
  const end = args.indexOf('--');
  const flagged = end === -1 ? args : args.slice(0, end);
  for (const [index, arg] of flagged.entries()) {
    const name = arg.slice(2);
    if (!arg.startsWith('--') || !Object.hasOwn(flags, name) || flags[name]?.takes === undefined) continue;
    const next = args[index + 1];
    if (next === undefined) throw new UsageError(`--${name} has no value.`);
    if (/^-./.test(next))
      throw new UsageError(
        `--${name} has no value: "${printable(next)}" follows. If that is the value, write --${name}=${printable(next)}`,
      );
  }
}

function toUsageError({ code, message }: CommanderError, { flags }: CommandSpec): UsageError {
  const [, given = ''] = /'(.*)'/s.exec(message) ?? [];
  if (code !== 'commander.unknownOption') return new UsageError(message.replace(/^error: /, ''));
  const name = /^--([^=]+)=/.exec(given)?.[1];
  if (name === 'help' || (name !== undefined && Object.hasOwn(flags, name)))
    return new UsageError(`--${name} takes no value.`);
  const known = [...Object.keys(flags), 'help'].map((flag) => `--${flag}`).join(', ');
  return new UsageError(
    `${printable(given)} is not a flag of this command; its flags are ${known}.${suggestionIn(message)}`,
  );
}

function rejectWrongWords({ name, words }: CommandSpec, given: readonly string[]): void {
  const { from, to } = words ?? { from: 0, to: 0 };
  const extra = given[to];
  if (extra !== undefined) throw new UsageError(`"${printable(extra)}" belongs to no flag.`);
  if (given.length < from) throw new UsageError(`${name} needs ${words?.name}: ${words?.help}.`);
}

function suggestionIn(message: string): string {
  const [, suggestion] = /\(Did you mean (.+)\?\)/.exec(message) ?? [];
  return suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
}
