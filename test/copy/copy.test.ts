import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CopiedJob } from '../../lambdas/core/job/job.ts';
import { anotherVideo } from '../../local/simulator/serve-file.ts';
import { type CopyWorld, createCopyWorld } from '../harness/copy-world.ts';
import { isNginxInstalled, type Nginx, startNginx } from './nginx.ts';
import { COPY_ROWS, type CopyRow } from './rows.ts';

let world: CopyWorld;
beforeAll(async () => {
  world = await createCopyWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

async function outcomeOf({ video, ...row }: CopyRow, linkTo: string | undefined): Promise<void> {
  const { expected } = row;
  const job = world.makeJob({
    video: video === 'one that is too large' ? world.largeVideo : world.video,
    ...(row.served === undefined ? {} : { downloads: row.served }),
    ...(linkTo === undefined ? {} : { link: linkTo }),
  });
  const key = `videos/${job.video_id}/video.mp4`;
  const reply = await world.copy(job);
  const object = await world.read(key);
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
  const wanted = expected.ends === 'another video' ? anotherVideo(world.video) : world.video;
  expect(expected.ends).toMatch(/video$/);
  expect(object?.content.equals(wanted)).toBe(true);
  const copied = JSON.parse(reply.result) as CopiedJob;
  expect(copied.video).toMatchObject({
    bytes: wanted.length,
    sha256: createHash('sha256').update(wanted).digest('hex'),
    content_type: 'video/mp4',
    seconds: expect.any(Number),
    attempts: expected.attempts,
    resumes: expected.resumes,
  });
  expect(JSON.parse(recorded?.content.toString() ?? '')).toEqual(copied);
}

describe('from the simulated MiniMax', () => {
  test.each(COPY_ROWS.map((row) => [row.fault, row.expected.ends, row] as const))(
    '%s: %s',
    async (_fault, _ends, row) => {
      world.wire.lead(world.simulator.url, row.breaks ?? []);
      await outcomeOf(row, undefined);
    },
  );
});

describe.skipIf(!isNginxInstalled)('from nginx', () => {
  let nginx: Nginx;
  beforeAll(async () => {
    const folder = join(world.folder, 'nginx');
    await mkdir(folder);
    nginx = await startNginx(folder, world.video, world.largeVideo);
  });
  afterAll(() => nginx.stop());

  const rows = COPY_ROWS.filter(({ nginx: path }) => path !== undefined);
  test.each(rows.map((row) => [row.fault, row.expected.ends, row] as const))(
    '%s: %s',
    async (_fault, _ends, row) => {
      await nginx.replace(world.video);
      world.wire.lead(nginx.url, row.breaks ?? [], async (count) => {
        if (row.isReplaced === true && count === 2) await nginx.replace(anotherVideo(world.video));
      });
      await outcomeOf(row, `${world.wire.url}${row.nginx}?Signature=simulated`);
    },
  );
});
