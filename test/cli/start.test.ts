import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { PROJECT } from './run-command.ts';
import { start } from './start-command.ts';

const CLIP = join(PROJECT, 'local', 'simulator', 'clip.mp4');

test('makes one video, and prints nothing but the path of the file to the standard output', async () => {
  const folder = await temporaryFolder();
  const { exitCode, out, err } = await start('--out', folder);
  expect({ err, exitCode }).toMatchObject({ exitCode: 0 });
  const states = [
    'Task given?',
    'Submit task',
    'Wait',
    'Check task',
    'Finished?',
    'Copy video',
    'Video ready',
  ];
  expect(states.filter((state) => !err.includes(state))).toEqual([]);
  const [first, second] = err.split('\n');
  expect(first).toBe('Makes one video on this machine.');
  expect(second).toContain('No MINIMAX_API_KEY is set, so a simulated MiniMax answers.');
  expect(err.split('\n').slice(-3).join('\n')).toMatch(
    /^This is the test clip of the simulated MiniMax, not the video that you asked for\.\n.*MINIMAX_API_KEY.*\n$/,
  );
  expect(out).toMatch(/^\S+\.mp4\n$/);
  const path = resolve(PROJECT, out.trim());
  expect((await readFile(path)).equals(await readFile(CLIP))).toBe(true);
  expect(await readdir(folder)).toHaveLength(1);
});

test('rejects an unknown flag before anything else, with exit code 2', async () => {
  expect(await start('--bogus')).toEqual({
    exitCode: 2,
    out: '',
    err: expect.stringMatching(
      /^--bogus is not a flag of this command; its flags are .+\ntemplate-video make --here --help shows all flags\.\n$/,
    ),
  });
});
