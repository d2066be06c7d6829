import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { type Command, type ProcessOptions, runCommand, startCommand } from './run-command.ts';

/** `npm run dev` in a folder, once it is up. */
interface RunningDev {
  readonly child: Command;
  readonly url: string;
  readonly printed: () => string;
  /** @returns the exit code */
  stop(signal: NodeJS.Signals): Promise<unknown>;
}

async function startDev(options: ProcessOptions): Promise<RunningDev> {
  const child = startCommand('cli/dev.ts', ['--port', '0'], options);
  const ended = once(child, 'exit');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await expect.poll(() => printed, { timeout: 50_000 }).toContain('Ctrl-C stops');
  return {
    child,
    url: /up at (http:\/\/\S+)/.exec(printed)?.[1] ?? expect.unreachable(),
    printed: () => printed,
    async stop(signal) {
      child.kill(signal);
      const [exitCode] = await ended;
      return exitCode;
    },
  };
}

/** Every file and folder that others may read, write or enter. */
async function openToOthers(folder: string): Promise<readonly string[]> {
  const paths = [folder, ...(await readdir(folder, { recursive: true })).map((path) => join(folder, path))];
  const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o077));
  return paths.filter((_path, index) => modes[index] !== 0);
}

test('runs until Ctrl-C, prints what it answers, and lets no second process into its folder or port', async () => {
  const cwd = await temporaryFolder();
  const dev = await startDev({ cwd });
  expect((await fetch(`${dev.url}/videos/unknown`)).status).toBe(404);
  expect(await runCommand('cli/dev.ts', ['--port', '0'], { cwd })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`is in use by the process ${dev.child.pid}.`),
  });
  const { port } = new URL(dev.url);
  const elsewhere = { cwd: await temporaryFolder() };
  expect(await runCommand('cli/dev.ts', ['--port', port], elsewhere)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`Port ${port} is taken; choose another with --port.`),
  });
  expect(await dev.stop('SIGINT')).toBe(0);
  expect(dev.printed()).toMatch(/GET \/videos\/\{video_id\} {2}404 {2}\d+ ms {2}unknown\n/);
  expect(dev.printed()).toContain('Stopped.');
  const folder = join(cwd, '.local');
  expect((await stat(join(folder, 'simulated', 'objects'))).isDirectory()).toBe(true);
  expect(await openToOthers(folder)).toEqual([]);
});

/** Sends the request of the printed curl command. */
async function postExample({ url, printed }: RunningDev): Promise<string> {
  const [body = ''] = /\{"template_id".+?\]\}(?=')/.exec(printed()) ?? [];
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/videos`, { method: 'POST', headers, body });
  const { video_id } = (await response.json()) as { readonly video_id: string };
  return video_id;
}

/** Three starts, one after the other, each of which bundles. */
const timeout = 180_000;

test('continues the video of a killed process, but not with a real key', { timeout }, async () => {
  const cwd = await temporaryFolder();
  const killed = await startDev({ cwd });
  const videoId = await postExample(killed);
  await expect.poll(killed.printed, { timeout: 50_000 }).toContain(`${videoId}  Wait`);
  await killed.stop('SIGKILL');
  // No server listens on port 9.
  const key = { MINIMAX_API_KEY: 'sk-1', MINIMAX_API_HOST: 'http://127.0.0.1:9' };
  const real = await startDev({ cwd, env: key });
  expect(real.printed()).toContain('every user of this machine can make videos that your key pays for');
  expect(real.printed()).toContain('Not continued: 1 unfinished video of the simulated MiniMax');
  expect(await readdir(join(cwd, '.local'))).toEqual(['127.0.0.1_9', 'simulated']);
  expect(await real.stop('SIGINT')).toBe(0);
  const next = await startDev({ cwd });
  expect(next.printed()).toContain(`Continues: video ${videoId} at `);
  expect(await next.stop('SIGINT')).toBe(0);
});
