import { expect, test } from 'vitest';
import { linesUntilInterrupted, start } from './start-command.ts';

test("exits 1 with the failure's name and sentence, once and last", async () => {
  expect(await start('--task', '1')).toEqual({
    exitCode: 1,
    out: '',
    err: expect.stringMatching(
      /^(?:(?!code 2013).*\n)+InvalidRequest: MiniMax answered the query with code 2013 .+\n$/,
    ),
  });
});

test('ends at once with Ctrl-C during a check, and prints no warning', async () => {
  const lines = await linesUntilInterrupted('Check task');
  expect(lines.filter((line) => line.startsWith('Warning: '))).toEqual([]);
});
