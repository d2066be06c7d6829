import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../local/listen.ts';
import { temporaryFolder } from '../running-service.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');
const CLIP = join(PROJECT, 'local', 'simulator', 'clip.mp4');
const env = { PATH: '/usr/bin:/bin' };

function start(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return run(process.execPath, ['local/start.ts', ...args], { cwd: PROJECT, env });
}

test('makes one video, shows its states, and prints the path of the whole file last', async () => {
  const out = await temporaryFolder();
  const { stdout } = await start('--out', out);
  const states = [
    'Task given?',
    'Submit task',
    'Wait',
    'Check task',
    'Finished?',
    'Copy video',
    'Video ready',
  ];
  expect(states.filter((state) => !stdout.includes(state))).toEqual([]);
  expect(stdout).toContain('a simulated MiniMax');
  const path = resolve(PROJECT, stdout.trim().split('\n').at(-1) ?? '');
  expect((await readFile(path)).equals(await readFile(CLIP))).toBe(true);
  expect(await readdir(out)).toHaveLength(1);
});

test('explains its flags', async () => {
  const { stdout } = await start('--help');
  for (const flag of ['--template', '--media', '--text', '--task', '--out', '--help'])
    expect(stdout).toContain(flag);
});

test.each([
  [['--out', 'movie.mov'], '--out is "movie.mov"; allowed is a path that ends in .mp4, or a folder.'],
  [['--template', 'a b'], '--template must be a string of 1 to 64 letters'],
])('exits 2 at %j and says what is wrong', async (args, message) => {
  await expect(start(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});

test('exits 2 at a host that the stack would not take', async () => {
  const asked = { ...env, MINIMAX_API_KEY: 'sk-1', MINIMAX_API_HOST: 'http://minimax.example' };
  const starting = run(process.execPath, ['local/start.ts'], { cwd: PROJECT, env: asked });
  await expect(starting).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Setting minimaxHost is "http:\/\/minimax.example"; allowed is /),
  });
});

test("exits 1 with the failure's name and sentence", async () => {
  await expect(start('--task', '1')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^\s*InvalidRequest: MiniMax answered the query with code 2013 .+\n$/),
  });
});

test('exits 2 when the port is taken, and leaves nothing running', async () => {
  const other = await listen(createServer(), () => undefined, 0);
  onTestFinished(() => other.stop());
  const port = new URL(other.url).port;
  await expect(
    run(process.execPath, ['local/dev.ts', '--port', port], { cwd: PROJECT, env }),
  ).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`Port ${port} is taken; choose another with --port.`),
  });
});

test.concurrent.each(['Check task', 'Copy video'])(
  'ends at once when it is interrupted in %s',
  async (state) => {
    const out = await mkdtemp(join(tmpdir(), 'template-video-test-'));
    const starting = spawn(process.execPath, ['local/start.ts', '--out', out], { cwd: PROJECT, env });
    let printed = '';
    starting.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    starting.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes(state)) starting.kill('SIGINT');
    });
    const deadline = setTimeout(() => starting.kill('SIGKILL'), 50_000);
    const exitCode = await new Promise((resolve) => starting.once('exit', resolve));
    clearTimeout(deadline);
    await rm(out, { recursive: true });
    expect([exitCode, printed.trim()]).toEqual([130, 'Stopped. The simulated MiniMax ends with it.']);
  },
);

test('keeps the service up until it is interrupted, and then ends by itself', async () => {
  const service = spawn(process.execPath, ['local/dev.ts', '--port', '0'], { cwd: PROJECT, env });
  onTestFinished(() => void service.kill('SIGKILL'));
  let printed = '';
  service.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await expect.poll(() => printed, { timeout: 50_000 }).toContain('Ctrl-C stops.');
  const url = /up at (http:\/\/\S+)/.exec(printed)?.[1];
  expect((await fetch(`${url}/videos/unknown`)).status).toBe(404);
  const ended = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(printed).toContain('Stopped.');
  expect((await stat(join(PROJECT, '.local', 'objects'))).isDirectory()).toBe(true);
});
