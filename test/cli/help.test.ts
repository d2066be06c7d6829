import { expect, test } from 'vitest';
import { DEV, REINDEX, START, VIDEO } from '../../cli/commands.ts';
import { type Command, parseFlags } from '../../cli/flags.ts';
import { ASKING_FOR_HELP, COMMANDS, EXAMPLE_COMMAND, expectHelp } from './help-of.ts';

test('knows every command', () => {
  expect(COMMANDS).toHaveLength(18);
  expect(COMMANDS).toContain(EXAMPLE_COMMAND);
});

test.each<Command>([START, DEV, REINDEX, VIDEO])(
  '$name takes no flag as given where --help is among them',
  (command) => {
    expect(parseFlags(command, ASKING_FOR_HELP)).toBeUndefined();
  },
);

test('a command answers --help in every place, and does nothing else', () => expectHelp(EXAMPLE_COMMAND));
