import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareOut } from '../../../cli/make/out-path.ts';
import { UsageError } from '../../../local/user-error.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

test('makes the folder and names the file after the video', async () => {
  const folder = join(await temporaryFolder(), 'a', 'b');
  const toPath = await prepareOut(folder);
  expect(await readdir(folder)).toEqual([]);
  expect(toPath('v1')).toBe(join(folder, 'v1.mp4'));
});

test.each(['lion.mp4', 'LION.MP4'])('takes %s as the file', async (name) => {
  const path = join(await temporaryFolder(), 'new', name);
  expect((await prepareOut(path))('v1')).toBe(path);
});

test('takes a folder whose name has a dot', async () => {
  const folder = await temporaryFolder();
  const dotted = join(folder, 'videos.d');
  await prepareOut(join(dotted, 'x.mp4'));
  expect((await prepareOut(dotted))('v1')).toBe(join(dotted, 'v1.mp4'));
});

test.each([
  ['', 'allowed is a path that ends in .mp4, or a folder'],
  ['movie.mov', 'allowed is a path that ends in .mp4, or a folder'],
  ['https://x.example/a.mp4', 'allowed is a path that ends in .mp4, or a folder'],
  ['/proc/nowhere', '--out /proc/nowhere cannot be written (ENOENT).'],
  ['/proc/nowhere/a/b', '--out /proc/nowhere/a/b cannot be written (ENOENT).'],
])('rejects %j', async (out, message) => {
  await expect(prepareOut(out)).rejects.toThrow(UsageError);
  await expect(prepareOut(out)).rejects.toThrow(message);
});

test('rejects a folder with the name of a file, and a file in the place of a folder', async () => {
  const folder = await temporaryFolder();
  await prepareOut(join(folder, 'x.mp4', 'y'));
  await expect(prepareOut(join(folder, 'x.mp4'))).rejects.toThrow('is a folder; give another name');
  await writeFile(join(folder, 'file'), '');
  await expect(prepareOut(join(folder, 'file', 'a.mp4'))).rejects.toThrow('cannot be written (EEXIST)');
});
