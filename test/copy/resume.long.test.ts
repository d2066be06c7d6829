import { expect, test } from 'vitest';
import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import { anotherVideo } from '../../local/simulator/serve-file.ts';
import {
  BEGUN_AGAIN,
  CONTINUED,
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
  type StoredCheckpoint,
  useResumeWorld,
  VIDEO,
  world,
} from './resume-world.ts';

useResumeWorld();

test('continues what two attempts have left', async () => {
  const job = world.makeJob({ video: LONG_VIDEO });
  await copyUntilTimeout(job);
  const nextPart = { afterBodyBytes: PART_BYTES + 9_000, ending: 'stall' } as const;
  expect(await copyUntilTimeout(job, nextPart)).toMatchObject({
    ok: false,
    error: { errorType: 'VideoUnfinished' },
  });
  expect(await checkpointOf(job)).toMatchObject({ bytes: 2 * PART_BYTES });
  await expectStored(job, { attempts: 1, resumes: 2 }, LONG_VIDEO);
});

test('begins again after an attempt that was killed before its first checkpoint', async () => {
  const job = makeJob();
  await copyUntilKilled(job, '60');
  expect(await world.unfinishedUploads()).toHaveLength(1);
  expect(await checkpointOf(job)).toBeUndefined();
  await expectStored(job, BEGUN_AGAIN);
});

test('continues the other file that an attempt has begun', async () => {
  const job = makeJob('whole', { content: 'another video' });
  await copyUntilBroken(job);
  const unbroken = { afterBodyBytes: 2 * VIDEO.length };
  await copyUntilBroken(job, [unbroken, { afterBodyBytes: PART_BYTES + 9_000 }]);
  expect(await checkpointOf(job)).toMatchObject({ bytes: PART_BYTES, attempts: 2 });
  await expectStored(job, { attempts: 2, resumes: 1 }, anotherVideo(VIDEO));
});

test.each([
  ['sends the rest from another byte', { ranges: 'from another byte' }],
  ['answers 416', { ranges: 'unsatisfiable' }],
] as const)('begins again where the server %s', (_what, rest) => expectStoredWith(rest));

test.each<[string, (checkpoint: StoredCheckpoint) => object | string]>([
  ['is empty', () => ''],
  ['is of another task', (checkpoint) => ({ ...checkpoint, task_id: '1' })],
  ['lacks a part', (checkpoint) => ({ ...checkpoint, parts: checkpoint.parts.slice(1) })],
  ['is of a release with other parts', (checkpoint) => ({ ...checkpoint, part_bytes: 1 })],
  [
    'is of a release with another scanner',
    (checkpoint) => ({ ...checkpoint, scanner: { at: checkpoint.bytes } }),
  ],
])('begins again where the checkpoint %s', (_what, change) => expectStoredAfter(change, BEGUN_AGAIN));

test('begins again where the checkpoint has other last bytes', () =>
  expectStoredAfter((checkpoint) => ({ ...checkpoint, tail: 'AAAA' }), { attempts: 2, resumes: 0 }));

test('continues a file with a length and a weak tag', async () => {
  const job = makeJob({ validator: 'weak tag' });
  await copyUntilBroken(job);
  await expectStored(job, CONTINUED);
});

test('keeps nothing of a file with a weak tag and no length, because its rest cannot be recognized', () =>
  expectNothingKept({ validator: 'weak tag', framing: 'chunks' }));
