import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { type RunningDev, startDev } from './dev-process.ts';
import { runCommand } from './run-command.ts';

test('lets no second process onto its port', async () => {
  const dev = await startDev({ cwd: await temporaryFolder() });
  const { port } = new URL(dev.url);
  const elsewhere = { cwd: await temporaryFolder() };
  expect(await runCommand('cli/template-video.ts', ['dev', '--port', port], elsewhere)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`Port ${port} is taken; choose another with --port.`),
  });
  expect(await dev.stop('SIGINT')).toBe(0);
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
  await expect.poll(killed.printed).toContain(`${videoId}  Wait`);
  await killed.stop('SIGKILL');
  // No server listens on port 9.
  const key = { MINIMAX_API_KEY: 'sk-1', MINIMAX_API_HOST: 'http://127.0.0.1:9' };
  const real = await startDev({ cwd, env: key });
  expect((await fetch(`${real.url}/templates`)).headers.get('template-video-minimax')).toBeNull();
  expect(real.printed()).toContain('every user of this machine can make videos that your key pays for');
  expect(real.printed()).toContain('Not continued: 1 unfinished video of the simulated MiniMax');
  expect(await readdir(join(cwd, '.local'))).toEqual(['127.0.0.1_9', 'simulated']);
  expect(await real.stop('SIGINT')).toBe(0);
  const next = await startDev({ cwd });
  expect(next.printed()).toContain(`Continues: video ${videoId} at `);
  expect(await next.stop('SIGINT')).toBe(0);
});
