import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { PROJECT, runCommand } from './run-command.ts';

/** The files that npm's scripts start. */
async function commands(): Promise<readonly string[]> {
  const { scripts } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  return Object.values<string>(scripts).flatMap(
    (script) => /node (?:-r \S+ )?(\S+\.ts)$/.exec(script)?.[1] ?? [],
  );
}

test('every command answers --help in every place, and does nothing else', async () => {
  const files = await commands();
  expect(files).toHaveLength(13);
  const cwd = await temporaryFolder();
  // A wrong key is not reported either.
  const env = { MINIMAX_API_KEY: '' };
  for (const file of files) {
    const ran = await runCommand(file, ['stray', '--bogus', '-h'], { cwd, env });
    expect({ file, ...ran }).toMatchObject({ exitCode: 0, out: expect.stringMatching(/\S/), err: '' });
  }
  expect(await readdir(cwd)).toEqual([]);
});
