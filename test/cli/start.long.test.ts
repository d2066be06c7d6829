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

test('ends at once with Ctrl-C during the copy, and prints each warning once', async () => {
  const lines = await linesUntilInterrupted('Copy video', '--template', '1');
  const warned = lines.filter((line) => line.startsWith('Warning: Template 1 is not among those known of '));
  expect(warned).toHaveLength(1);
});
