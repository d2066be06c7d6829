import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { saveVideo } from '../../../cli/make/save-video.ts';
import { listen } from '../../../local/loopback-server.ts';
import { runFolderIn, temporaryRunFolder } from '../../../local/state/run-folder.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

/** The id of a process that has ended. */
const gonePid = (): number => spawnSync(process.execPath, ['--version']).pid;

test('removes the temporary folders of killed runs at a start, and no others', async () => {
  const parent = await temporaryFolder();
  const gone = gonePid();
  const names = {
    killed: `template-video-${gone}-abc123`,
    running: `template-video-${process.ppid}-abc123`,
    test: 'template-video-test-abc123',
    foreign: `video-${gone}-abc123`,
  };
  for (const name of Object.values(names)) mkdirSync(join(parent, name, 'cdk.out'), { recursive: true });
  const own = temporaryRunFolder(parent);
  expect(basename(own)).toMatch(new RegExp(`^template-video-${process.pid}-`));
  expect(readdirSync(parent).toSorted()).toEqual(
    [basename(own), names.running, names.test, names.foreign].toSorted(),
  );
});

test('empties the run folder of the previous run at a start', async () => {
  const kept = await temporaryFolder();
  writeFileSync(join(runFolderIn(kept), 'left behind'), '');
  const run = runFolderIn(relative('', kept));
  expect([run, readdirSync(run)]).toEqual([join(kept, 'run'), []]);
});

test('removes partial files of killed runs beside a saved video, and no other file', async () => {
  const folder = await temporaryFolder();
  const server = await listen(createServer(), (_request, response) => void response.end('a video'), 0);
  onTestFinished(() => server.stop());
  const left = `.template-video-${gonePid()}-${randomUUID()}.part`;
  const kept = [
    `.template-video-${process.ppid}-${randomUUID()}.part`,
    `v2.mp4.${gonePid()}.part`,
    'v3.mp4.part',
  ];
  for (const name of [left, ...kept]) writeFileSync(join(folder, name), '');
  const sha256 = createHash('sha256').update('a video').digest('hex');
  const video = { url: server.url, sha256 } as Parameters<typeof saveVideo>[0];
  await saveVideo(video, join(folder, 'new.mp4'));
  expect(existsSync(join(folder, left))).toBe(false);
  expect(readdirSync(folder).toSorted()).toEqual([...kept, 'new.mp4'].toSorted());
});
