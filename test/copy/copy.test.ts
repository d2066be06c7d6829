import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CopiedJob } from '../../lambdas/core/job/job.ts';
import { anotherVideo } from '../../local/simulator/serve-file.ts';
import { type CopyWorld, createCopyWorld, HURRIED } from '../harness/copy-world.ts';
import { isNginxInstalled, type Nginx, startNginx } from './nginx.ts';
import { COPY_ROWS, type CopyRow } from './rows.ts';

let world: CopyWorld;
/** For the rows with a silent server: they wait for this limit. */
let hasty: ReturnType<CopyWorld['startFunction']>;
beforeAll(async () => {
  world = await createCopyWorld();
  hasty = world.startFunction({ ...HURRIED, DOWNLOAD_IDLE_SECONDS: '0.4' });
});
afterAll(async () => {
  await hasty.stop();
  await world[Symbol.asyncDispose]();
});

const isSilent = ({ breaks = [] }: CopyRow): boolean => breaks.some(({ ending }) => ending === 'stall');

async function checkOutcome(row: CopyRow, link?: string): Promise<void> {
  const { expected, video = 'small', served } = row;
  const job = world.makeJob({
    video: world.videos[video],
    ...(served === undefined ? {} : { downloads: served }),
    ...(link === undefined ? {} : { link }),
  });
  const reply = await (isSilent(row) ? hasty : world).copy(job);
  const object = await world.read(`videos/${job.video_id}/video.mp4`);
  const recorded = await world.read(`videos/${job.video_id}/job.json`);
  expect(await world.unfinishedUploads()).toEqual([]);

  if (!reply.ok) {
    expect([reply.error.errorType, reply.error.errorMessage]).toEqual([
      expected.ends,
      expect.stringContaining(expected.says ?? ''),
    ]);
    expect([object, recorded]).toEqual([undefined, undefined]);
    return;
  }
  const original = world.videos[video];
  const wanted = expected.ends === 'another video' ? anotherVideo(original) : original;
  expect(expected.ends).toMatch(/video$/);
  expect(object?.content.equals(wanted)).toBe(true);
  const copied = JSON.parse(reply.result) as CopiedJob;
  expect(copied.video).toMatchObject({
    bytes: wanted.length,
    sha256: createHash('sha256').update(wanted).digest('hex'),
    content_type: 'video/mp4',
    seconds: expect.any(Number),
    attempts: expected.attempts,
  });
  // On a busy machine more connections than the silent ones may exceed the short limit.
  if (isSilent(row)) expect(copied.video.resumes).toBeGreaterThanOrEqual(expected.resumes ?? 0);
  else expect(copied.video.resumes).toBe(expected.resumes);
  expect(JSON.parse(recorded?.content.toString() ?? '')).toEqual(copied);
}

describe('from the simulated MiniMax', () => {
  test.each(COPY_ROWS.map((row) => [row.fault, row.expected.ends, row] as const))(
    '%s: %s',
    async (_fault, _ends, row) => {
      world.wire.lead(world.simulator.url, row.breaks ?? []);
      await checkOutcome(row);
    },
  );
});

/** The name of the file that nginx serves for a path that ends in `video.mp4`. */
const FILES = { small: 'video.mp4', 'in parts': 'parts.mp4', 'too large': 'large.mp4' } as const;

describe.skipIf(!isNginxInstalled)('from nginx', () => {
  let nginx: Nginx;
  beforeAll(async () => {
    const folder = join(world.folder, 'nginx');
    await mkdir(folder);
    const { small, 'in parts': inParts, 'too large': large } = world.videos;
    nginx = await startNginx(folder, {
      [FILES.small]: small,
      [FILES['in parts']]: inParts,
      [FILES['too large']]: large,
    });
  });
  afterAll(() => nginx.stop());

  const rows = COPY_ROWS.filter(({ nginx: path }) => path !== undefined);
  test.each(rows.map((row) => [row.fault, row.expected.ends, row] as const))(
    '%s: %s',
    async (_fault, _ends, row) => {
      const name = FILES[row.video ?? 'small'];
      const video = world.videos[row.video ?? 'small'];
      await nginx.replace(name, video);
      world.wire.lead(nginx.url, row.breaks ?? [], async (count) => {
        if (row.isReplaced === true && count === 2) await nginx.replace(name, anotherVideo(video));
      });
      const path = row.nginx?.replace('video.mp4', name);
      await checkOutcome(row, `${world.wire.url}${path}?Signature=simulated`);
    },
  );
});
