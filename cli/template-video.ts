#!/usr/bin/env node
import { runToExit } from './command.ts';
import { answerWithoutCommand, PROGRAM, toProgram } from './command-line/commander.ts';
import { shownCommand } from './command-line/npm.ts';
import { parseOrHelp } from './command-line/parse-or-help.ts';
import { COMMANDS } from './commands.ts';
import { type ErrorStyle, reportError } from './errors.ts';

const [name, ...args] = process.argv.slice(2);
const command = COMMANDS.find((each) => each.name === name);
/** npm's script `start` is the command with this flag. */
const shownName = args[0] === '--here' ? `${name} --here` : (name ?? '');
const style: ErrorStyle = {
  helpHint:
    command === undefined
      ? `${PROGRAM} --help shows all commands.`
      : `${shownCommand(shownName, '--help')} shows all flags.`,
  isJson: args.includes('--json'),
};

try {
  if (command === undefined) answerWithoutCommand(toProgram(COMMANDS), process.argv.slice(2));
  else {
    const shown = (flags: string): string => shownCommand(shownName, flags);
    const given = parseOrHelp({ ...command, name: `${PROGRAM} ${command.name}` }, args, shown);
    runToExit((context) => command.run(given, context), style);
  }
} catch (error) {
  process.exitCode = reportError(error, style);
}
