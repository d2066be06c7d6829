import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Command } from '../../cli/command.ts';
import {
  answerWithoutCommand,
  parseFlags,
  toCommander,
  toProgram,
} from '../../cli/command-line/commander.ts';
import { COMMANDS as PROGRAM_COMMANDS } from '../../cli/commands.ts';
import { COMMANDS, EXAMPLE_COMMAND, expectHelp } from './help-of.ts';
import { PROJECT } from './run-command.ts';

test('knows every script of npm that is a program of this project', () => {
  expect(COMMANDS).toContain(EXAMPLE_COMMAND);
  expect(COMMANDS.filter((command) => command.startsWith('cli/template-video.ts')).sort()).toEqual([
    'cli/template-video.ts',
    'cli/template-video.ts dev',
    'cli/template-video.ts make',
    'cli/template-video.ts make --here',
    'cli/template-video.ts reindex',
  ]);
});

/** What commander prints as the help. */
function helpOf(command: ReturnType<typeof toCommander>): string {
  let printed = '';
  command.configureOutput({
    writeOut: (text) => {
      printed += text;
    },
  });
  command.outputHelp();
  return printed;
}

test.each<Command>(PROGRAM_COMMANDS)(
  '$name explains each of its flags, and shows examples that it takes',
  (command) => {
    const help = helpOf(toCommander(command));
    for (const flag of [...Object.keys(command.flags), 'help'])
      expect(help).toMatch(new RegExp(`--${flag}\\b.* {2}\\S`));
    expect(help).toContain('\nExamples:\n');
    for (const example of command.examples ?? []) {
      const [name, ...args] = example.split(' > ')[0]?.match(/"[^"]*"|\S+/g) ?? [];
      expect(name).toBe(command.name);
      parseFlags(
        command,
        args.map((arg) => arg.replaceAll('"', '')),
      );
    }
  },
);

test('lists every command', () => {
  const help = helpOf(toProgram(PROGRAM_COMMANDS));
  for (const { name, summary } of PROGRAM_COMMANDS)
    expect(help).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'));
});

test('names a command for a mistyped one', () => {
  const program = toProgram(PROGRAM_COMMANDS);
  expect(() => answerWithoutCommand(program, ['lst'])).toThrow(
    /^"lst" is no command; the commands are make, .* Did you mean list\?$/,
  );
  expect(() => answerWithoutCommand(program, ['--bogus'])).toThrow('"--bogus" is no command');
});

test('prints its version', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  answerWithoutCommand(toProgram(PROGRAM_COMMANDS), ['--version']);
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  expect(write.mock.calls.join('')).toBe(`${version}\n`);
  write.mockRestore();
});

test('is explained in docs/command.md, with the exit codes of its help', () => {
  const page = readFileSync(join(PROJECT, 'docs', 'command.md'), 'utf8');
  const [, table = ''] = /## The command\n([\s\S]*?)\n## /.exec(page) ?? [];
  const explained = [...table.matchAll(/^\| `([\w-]+)/gm)].map(([, name]) => name);
  expect(explained).toEqual(PROGRAM_COMMANDS.map(({ name }) => name));
  const [, codes = ''] = /Exit codes: (.*)\./.exec(helpOf(toProgram(PROGRAM_COMMANDS))) ?? [];
  expect(page.includes(codes), codes).toBe(true);
});

test('a command answers --help in every place, and does nothing else', () => expectHelp(EXAMPLE_COMMAND));
