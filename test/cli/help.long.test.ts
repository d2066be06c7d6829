import { test } from 'vitest';
import { COMMANDS, EXAMPLE_COMMAND, expectHelp } from './help-of.ts';

test.each(COMMANDS.filter((file) => file !== EXAMPLE_COMMAND))(
  '%s answers --help in every place, and does nothing else',
  expectHelp,
);
