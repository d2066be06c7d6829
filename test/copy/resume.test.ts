import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import type { CopiedJob } from '../../lambdas/core/job/job.ts';
import { anotherVideo } from '../../local/simulator/serve-file.ts';
import {
  BEGUN_AGAIN,
  BEHIND_ONE_PART,
  CONTINUED,
  checkpointKeyOf,
  checkpointOf,
  copyUntilBroken,
  copyUntilKilled,
  copyUntilTimeout,
  expectNothingKept,
  expectStored,
  expectStoredAfter,
  expectStoredWith,
  LONG_VIDEO,
  makeJob,
  roomy,
  type StoredCheckpoint,
  useResumeWorld,
  VIDEO,
  world,
} from './resume-world.ts';

useResumeWorld();

test('stops in time, says how far it has come, and the next attempt continues from there', async () => {
  const job = makeJob();
  expect(await copyUntilTimeout(job)).toMatchObject({
    ok: false,
    error: {
      errorType: 'VideoUnfinished',
      errorMessage: `The copy was stopped after ${BEHIND_ONE_PART} of ${VIDEO.length} bytes, before the function ran out of time. The next attempt continues from byte ${PART_BYTES}.`,
    },
  });
  expect(await world.read(`videos/${job.video_id}/video.mp4`)).toBeUndefined();
  const checkpoint = await world.read(checkpointKeyOf(job));
  expect(checkpoint?.content.toString()).not.toMatch(/https?:|Signature|sk-/);
  expect(JSON.parse(checkpoint?.content.toString() ?? '')).toMatchObject({
    task_id: job.task.task_id,
    bytes: PART_BYTES,
    source: { total_bytes: VIDEO.length, validator: expect.stringMatching(/^"/) },
  });
  await expectStored(job, CONTINUED);
});

test('ends as VideoUnreachable, and keeps the checkpoint, where an attempt has stored nothing new', async () => {
  const job = makeJob();
  await copyUntilTimeout(job);
  const checkpoint = await checkpointOf(job);
  const nothingNew = { afterBodyBytes: 9_000, ending: 'stall' } as const;
  expect(await copyUntilTimeout(job, nothingNew)).toMatchObject({
    ok: false,
    error: { errorType: 'VideoUnreachable' },
  });
  expect(await checkpointOf(job)).toEqual(checkpoint);
});

test('continues where no further connection could be made', async () => {
  const job = makeJob();
  await copyUntilBroken(job);
  expect(await checkpointOf(job)).toMatchObject({ bytes: PART_BYTES });
  await expectStored(job, CONTINUED);
});

test('continues from the newest checkpoint of an attempt that was killed', async () => {
  const job = makeJob();
  await copyUntilKilled(job, '0');
  await expectStored(job, CONTINUED);
});

test('begins again where the server has another file in the meantime', async () => {
  const job = makeJob('whole', { content: 'another video' });
  await copyUntilBroken(job);
  await expectStored(job, { attempts: 2, resumes: 0 }, anotherVideo(VIDEO));
});

test('begins again where the server sends the whole file for the rest', () =>
  expectStoredWith({ ranges: 'ignored' }));

test('begins again where S3 has aborted the upload', async () => {
  const job = makeJob();
  await copyUntilBroken(job);
  await world.forgetUploads();
  await expectStored(job, BEGUN_AGAIN);
});

test.each<[string, (checkpoint: StoredCheckpoint) => object | string]>([
  ['is cut', (checkpoint) => JSON.stringify(checkpoint).slice(0, 100)],
  ['is of another upload', (checkpoint) => ({ ...checkpoint, upload_id: '0'.repeat(32) })],
])('begins again where the checkpoint %s', (_what, change) => expectStoredAfter(change, BEGUN_AGAIN));

test('begins again where the checkpoint has another tag of the file', () =>
  expectStoredAfter((checkpoint) => ({ ...checkpoint, source: { validator: '"x"' } }), {
    attempts: 2,
    resumes: 0,
  }));

test('begins again in the attempt after S3 has rejected the parts of the checkpoint', async () => {
  const job = world.makeJob({ video: LONG_VIDEO });
  await copyUntilBroken(job, [{ afterBodyBytes: 2 * PART_BYTES + 300_000 }]);
  const { parts, ...checkpoint } = (await checkpointOf(job)) as StoredCheckpoint;
  await world.write(checkpointKeyOf(job), { ...checkpoint, parts: parts.toReversed() });
  expect(await roomy.copy(job)).toMatchObject({
    ok: false,
    error: { errorType: 'StorageUnavailable', errorMessage: expect.stringContaining('InvalidPart') },
  });
  expect(await world.read(`videos/${job.video_id}/video.mp4`)).toBeUndefined();
  await expectStored(job, BEGUN_AGAIN, LONG_VIDEO);
});

test('continues a file with a length and no validator', async () => {
  const job = makeJob({ validator: 'none' });
  await copyUntilBroken(job);
  await expectStored(job, CONTINUED);
});

test('keeps nothing of a file with no validator and no length, because its rest cannot be recognized', () =>
  expectNothingKept({ validator: 'none', framing: 'chunks' }));

test('keeps nothing of a large file that is not playable, and does not store it', async () => {
  const zeros = Buffer.concat([VIDEO.subarray(0, VIDEO.indexOf('mdat') - 4), Buffer.alloc(VIDEO.length)]);
  const job = world.makeJob({ video: zeros.subarray(0, VIDEO.length) });
  expect(await roomy.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoNotPlayable' } });
  expect(await world.unfinishedUploads()).toEqual([]);
  expect(await checkpointOf(job)).toBeUndefined();
  expect(await world.read(`videos/${job.video_id}/video.mp4`)).toBeUndefined();
});

test('three attempts that continue one checkpoint at once store one complete object', async () => {
  const job = makeJob();
  await copyUntilBroken(job);
  const replies = await Promise.all([roomy.copy(job), roomy.copy(job), roomy.copy(job)]);
  const sums = replies.map((reply) =>
    reply.ok ? (JSON.parse(reply.result) as CopiedJob).video.sha256 : reply.error.errorType,
  );
  expect(new Set(sums)).toEqual(new Set([createHash('sha256').update(VIDEO).digest('hex')]));
  await expectStored(job, { attempts: 0, resumes: 0 });
});

test('removes the checkpoint of an attempt that was killed after it had stored the object', async () => {
  const job = makeJob();
  await expectStored(job, BEGUN_AGAIN);
  await world.write(checkpointKeyOf(job), { left: true });
  await expectStored(job, { attempts: 0, resumes: 0 });
});
