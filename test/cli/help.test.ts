import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { PROJECT, runCommand } from './run-command.ts';

/** The files that npm's scripts start. */
const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const COMMANDS = Object.values<string>(scripts).flatMap(
  (script) => /node (?:-r \S+ )?(\S+\.ts)$/.exec(script)?.[1] ?? [],
);

test('knows every command', () => expect(COMMANDS).toHaveLength(13));

test.each(COMMANDS)('%s answers --help in every place, and does nothing else', async (file) => {
  const cwd = await temporaryFolder();
  // A wrong key is not reported either.
  const env = { MINIMAX_API_KEY: '' };
  expect(await runCommand(file, ['stray', '--bogus', '-h'], { cwd, env })).toEqual({
    exitCode: 0,
    out: expect.stringMatching(/\S/),
    err: '',
  });
  expect(await readdir(cwd)).toEqual([]);
});
