import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { startDev } from './dev-process.ts';
import { runCommand } from './run-command.ts';

/** Every file and folder that others may read, write or enter. LevelDB sets the modes of its files, which are in a folder of their own. */
async function openToOthers(folder: string): Promise<readonly string[]> {
  const inside = (await readdir(folder, { recursive: true })).filter((path) => !path.includes('/tables/'));
  const paths = [folder, ...inside.map((path) => join(folder, path))];
  const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o077));
  return paths.filter((_path, index) => modes[index] !== 0);
}

test('runs until Ctrl-C, prints what it answers, and lets no second process into its folder', async () => {
  const cwd = await temporaryFolder();
  const dev = await startDev({ cwd });
  const { status, headers } = await fetch(`${dev.url}/videos/unknown`);
  expect(status).toBe(404);
  expect(headers.get('template-video-minimax')).toBe('simulated');
  expect(await runCommand('cli/template-video.ts', ['dev', '--port', '0'], { cwd })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`is in use by the process ${dev.child.pid}.`),
  });
  expect(await dev.stop('SIGINT')).toBe(0);
  expect(dev.printed()).toMatch(/GET \/videos\/\{video_id\} {2}404 {2}\d+ ms {2}unknown\n/);
  expect(dev.printed()).toContain('Stopped.');
  const folder = join(cwd, '.local');
  expect((await stat(join(folder, 'simulated', 'objects'))).isDirectory()).toBe(true);
  expect(await openToOthers(folder)).toEqual([]);
});
