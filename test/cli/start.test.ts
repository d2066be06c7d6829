import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../local/loopback-server.ts';
import { temporaryFolder } from '../harness/running-service.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');
const CLIP = join(PROJECT, 'local', 'simulator', 'clip.mp4');
const DEV = join(PROJECT, 'cli', 'dev.ts');
const env = { PATH: '/usr/bin:/bin' };

function start(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return run(process.execPath, ['cli/start.ts', ...args], { cwd: PROJECT, env });
}

test('makes one video, prints nothing but the path of the whole file, and tells all else beside it', async () => {
  const out = await temporaryFolder();
  const { stdout, stderr } = await start('--out', out);
  const states = [
    'Task given?',
    'Submit task',
    'Wait',
    'Check task',
    'Finished?',
    'Copy video',
    'Video ready',
  ];
  expect(states.filter((state) => !stderr.includes(state))).toEqual([]);
  const [first, second] = stderr.split('\n');
  expect(first).toBe('Makes one video on this machine.');
  expect(second).toContain('No MINIMAX_API_KEY is set, so a simulated MiniMax answers.');
  expect(stderr.split('\n').slice(-3).join('\n')).toMatch(
    /^This is the test clip of the simulated MiniMax, not the video that you asked for\.\n.*MINIMAX_API_KEY.*\n$/,
  );
  expect(stdout).toMatch(/^\S+\.mp4\n$/);
  const path = resolve(PROJECT, stdout.trim());
  expect((await readFile(path)).equals(await readFile(CLIP))).toBe(true);
  expect(await readdir(out)).toHaveLength(1);
});

/** What a person starts, as npm's scripts have it. */
async function commands(): Promise<readonly string[]> {
  const { scripts } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  return Object.values<string>(scripts).flatMap(
    (script) => /node (?:-r \S+ )?(\S+\.ts)$/.exec(script)?.[1] ?? [],
  );
}

test('every command answers a question for help, wherever it stands, and does nothing else', async () => {
  const files = await commands();
  expect(files).toHaveLength(13);
  const cwd = await temporaryFolder();
  // It says nothing of a wrong key either.
  const asked = { ...env, MINIMAX_API_KEY: '' };
  for (const file of files) {
    const { stdout, stderr } = await run(process.execPath, [join(PROJECT, file), 'stray', '--bogus', '-h'], {
      cwd,
      env: asked,
    });
    expect({ file, stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(/\S/), stderr: '' });
  }
  expect(await readdir(cwd)).toEqual([]);
});

test('refuses a flag that it does not have, before anything else', async () => {
  await expect(start('--bogus')).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^--bogus is not a flag of this command; its flags are .+\nnpm start -- --help shows all flags\.\n$/,
    ),
  });
});

test('exits 2 at what cannot be written to, and says what is allowed', async () => {
  await expect(start('--out', 'movie.mov')).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(
      '--out is "movie.mov"; allowed is a path that ends in .mp4, or a folder.',
    ),
  });
});

test("warns of a template that nobody knows, and names what does not fit one in the service's own words", async () => {
  const { stderr } = await start('--template', '1', '--out', await temporaryFolder());
  expect(stderr.match(/^Warning: Template 1 is not among those known of .+$/gm)).toHaveLength(1);
  await expect(start('--template', '392747428568649728', '--text', 'Lion')).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /\(HTTP 400\)[\s\S]+\/media_inputs must fit the template Diving: one image \(a photo\); given 0\n.*\/text_inputs must fit/,
    ),
  });
});

test('exits 2 at a host that the stack would not take', async () => {
  const asked = { ...env, MINIMAX_API_KEY: 'sk-1', MINIMAX_API_HOST: 'http://minimax.example' };
  const starting = run(process.execPath, ['cli/start.ts'], { cwd: PROJECT, env: asked });
  await expect(starting).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^MINIMAX_API_HOST is "http:\/\/minimax.example"; allowed is /),
  });
});

test("exits 1 with the failure's name and sentence, once and last", async () => {
  await expect(start('--task', '1')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^(?:(?!code 2013).*\n)+InvalidRequest: MiniMax answered the query with code 2013 .+\n$/,
    ),
  });
});

test('exits 2 when the port is taken, and leaves nothing running', async () => {
  const other = await listen(createServer(), () => undefined, 0);
  onTestFinished(() => other.stop());
  const port = new URL(other.url).port;
  await expect(
    run(process.execPath, [DEV, '--port', port], { cwd: await temporaryFolder(), env }),
  ).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`Port ${port} is taken; choose another with --port.`),
  });
});

test.concurrent.each(['Check task', 'Copy video'])(
  'ends at once when it is interrupted in %s',
  async (state) => {
    const out = await mkdtemp(join(tmpdir(), 'template-video-test-'));
    const starting = spawn(process.execPath, ['cli/start.ts', '--out', out], { cwd: PROJECT, env });
    let printed = '';
    starting.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (text.includes(state)) starting.kill('SIGINT');
    });
    const deadline = setTimeout(() => starting.kill('SIGKILL'), 50_000);
    const exitCode = await new Promise((resolve) => starting.once('exit', resolve));
    clearTimeout(deadline);
    await rm(out, { recursive: true });
    expect([exitCode, printed.trim().split('\n').at(-1)]).toEqual([
      130,
      'Stopped. The simulated MiniMax is stopped too.',
    ]);
  },
);

/** `npm run dev` in a folder, once it is up. */
async function startDev(cwd: string, more: Readonly<Record<string, string>> = {}) {
  const service = spawn(process.execPath, [DEV, '--port', '0'], { cwd, env: { ...env, ...more } });
  onTestFinished(() => void service.kill('SIGKILL'));
  const ended = new Promise((resolve) => service.once('exit', resolve));
  let printed = '';
  service.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await expect.poll(() => printed, { timeout: 50_000 }).toContain('Ctrl-C stops');
  const url = /up at (http:\/\/\S+)/.exec(printed)?.[1];
  return { service, ended, url, printed: () => printed };
}

test('keeps the service up until it is interrupted, says what it answers, and then ends by itself', async () => {
  const cwd = await temporaryFolder();
  const { service, ended, url, printed } = await startDev(cwd);
  expect((await fetch(`${url}/videos/unknown`)).status).toBe(404);
  service.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(printed()).toMatch(/GET \/videos\/\{video_id\} {2}404 {2}\d+ ms {2}unknown\n/);
  expect(printed()).toContain('Stopped.');
  const folder = join(cwd, '.local');
  expect((await stat(join(folder, 'simulated', 'objects'))).isDirectory()).toBe(true);
  const entries = [folder, ...(await readdir(folder, { recursive: true })).map((path) => join(folder, path))];
  const modes = await Promise.all(entries.map(async (path) => (await stat(path)).mode & 0o077));
  expect(entries.filter((_path, index) => modes[index] !== 0)).toEqual([]);
});

test('a second process in the same folder exits 2, names the first, and a killed one blocks nobody', async () => {
  const cwd = await temporaryFolder();
  const first = await startDev(cwd);
  await expect(run(process.execPath, [DEV, '--port', '0'], { cwd, env })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`is in use by the process ${first.service.pid}.`),
  });
  first.service.kill('SIGKILL');
  await first.ended;
  const third = await startDev(cwd);
  third.service.kill('SIGINT');
  expect(await third.ended).toBe(0);
});

test('exits 2 at a database that it cannot read, and says where it is and what to do, without a stack', async () => {
  const cwd = await temporaryFolder();
  const state = join(cwd, '.local', 'simulated', 'state');
  await mkdir(state, { recursive: true });
  await writeFile(join(state, 'executions.sqlite'), 'this is a text, and no database at all');
  await expect(run(process.execPath, [DEV, '--port', '0'], { cwd, env })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/\n\S+executions\.sqlite cannot be read \(.+\)\. Move it away: .+\n$/),
  });
});

test('with a real key it says who can spend, and leaves what is simulated alone, but names it', async () => {
  const cwd = await temporaryFolder();
  const simulated = await startDev(cwd);
  const [body = ''] = /\{"template_id".+?\]\}(?=')/.exec(simulated.printed()) ?? [];
  const headers = { 'content-type': 'application/json' };
  const { video_id } = (await (
    await fetch(`${simulated.url}/videos`, { method: 'POST', headers, body })
  ).json()) as { readonly video_id: string };
  await expect.poll(simulated.printed, { timeout: 50_000 }).toContain(`${video_id}  Submit task`);
  simulated.service.kill('SIGKILL');
  await simulated.ended;
  // No server listens on port 9.
  const real = await startDev(cwd, { MINIMAX_API_KEY: 'sk-1', MINIMAX_API_HOST: 'http://127.0.0.1:9' });
  expect(real.printed()).toContain('every user of this machine can make videos that your key pays for');
  expect(real.printed()).toContain('Not continued: 1 unfinished video of the simulated MiniMax');
  expect(await readdir(join(cwd, '.local'))).toEqual(['127.0.0.1_9', 'simulated']);
  real.service.kill('SIGINT');
  expect(await real.ended).toBe(0);
});
