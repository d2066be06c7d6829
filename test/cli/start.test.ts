import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { endOf, interruptAt, PROJECT, type Ran, runCommand, startCommand } from './run-command.ts';

const CLIP = join(PROJECT, 'local', 'simulator', 'clip.mp4');

const start = (...args: readonly string[]): Promise<Ran> => runCommand('cli/start.ts', args);

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
      /^--bogus is not a flag of this command; its flags are .+\nnpm start -- --help shows all flags\.\n$/,
    ),
  });
});

test("exits 1 with the failure's name and sentence, once and last", async () => {
  expect(await start('--task', '1')).toEqual({
    exitCode: 1,
    out: '',
    err: expect.stringMatching(
      /^(?:(?!code 2013).*\n)+InvalidRequest: MiniMax answered the query with code 2013 .+\n$/,
    ),
  });
});

test.concurrent.for([
  ['Check task', [], 0],
  ['Copy video', ['--template', '1'], 1],
] as const)('ends at once with Ctrl-C in %s, and prints each warning once', async (row, context) => {
  const [state, flags, warnings] = row;
  const folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  context.onTestFinished(() => rm(folder, { recursive: true }));
  const child = startCommand('cli/start.ts', ['--out', folder, ...flags]);
  interruptAt(child, state);
  const { exitCode, err } = await endOf(child);
  const lines = err.trim().split('\n');
  context.expect(exitCode).toBe(130);
  context.expect(lines.at(-1)).toBe('Stopped. The simulated MiniMax is stopped too.');
  const warned = lines.filter((line) => line.startsWith('Warning: Template 1 is not among those known of '));
  context.expect(warned).toHaveLength(warnings);
});
