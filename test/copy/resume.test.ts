import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import type { CheckedJob, CopiedJob } from '../../lambdas/core/job/job.ts';
import type { WorkerReply } from '../../local/lambda/function-worker.ts';
import type { DownloadBehaviour } from '../../local/simulator/scenario.ts';
import { anotherVideo } from '../../local/simulator/serve-file.ts';
import { type CopyWorld, createCopyWorld, HURRIED, makeVideo } from '../harness/copy-world.ts';
import type { Break } from './wire.ts';

/** One part and a little more. */
const VIDEO = makeVideo(PART_BYTES + 500_000);
/** Two parts and a little more. */
const LONG_VIDEO = makeVideo(2 * PART_BYTES + 500_000);
const ROOMY = { ...HURRIED, MAX_VIDEO_MEGABYTES: '50' };
const BEHIND_ONE_PART = PART_BYTES + 300_000;
const BEHIND_TWO_PARTS = 2 * PART_BYTES + 300_000;
const SILENT = { afterBodyBytes: BEHIND_ONE_PART, ending: 'stall' } as const;
const TIMEOUT_SECONDS = 6;

let world: CopyWorld;
let roomy: ReturnType<CopyWorld['startFunction']>;
beforeAll(async () => {
  world = await createCopyWorld();
  roomy = world.startFunction(ROOMY);
});
afterAll(async () => {
  await roomy.stop();
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  world.wire.lead(world.simulator.url, []);
  await world.forgetUploads();
});

const checkpointKeyOf = ({ video_id }: CheckedJob): string => `videos/${video_id}/copy.json`;

function makeJob(...downloads: readonly DownloadBehaviour[]): CheckedJob {
  return world.makeJob({ video: VIDEO, ...(downloads.length === 0 ? {} : { downloads }) });
}

/** An attempt that runs out of time while the server sends nothing. */
async function copyUntilTimeout(job: CheckedJob, silent: Break = SILENT): Promise<WorkerReply> {
  world.wire.lead(world.simulator.url, [silent]);
  const hasty = world.startFunction(ROOMY, TIMEOUT_SECONDS);
  const reply = await hasty.copy(job);
  await hasty.stop();
  world.wire.lead(world.simulator.url, []);
  return reply;
}

/** An attempt whose connection breaks, and that gets no other connection. */
async function copyUntilBroken(
  job: CheckedJob,
  breaks: readonly Break[] = [{ afterBodyBytes: BEHIND_ONE_PART }],
): Promise<void> {
  const refusals = Array(30).fill({ afterHeadBytes: 0 });
  world.wire.lead(world.simulator.url, [...breaks, ...refusals]);
  expect(await roomy.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoUnreachable' } });
  world.wire.lead(world.simulator.url, []);
}

/** An attempt that is killed while the server sends nothing. @param everySeconds how often it writes its checkpoint */
async function copyUntilKilled(job: CheckedJob, everySeconds: string): Promise<void> {
  world.wire.lead(world.simulator.url, [SILENT]);
  const doomed = world.startFunction({ ...ROOMY, CHECKPOINT_SECONDS: everySeconds });
  const lost = doomed.copy(job);
  const isFarEnough = async (): Promise<boolean> => {
    if (everySeconds !== '0') return (await world.unfinishedUploads()).length > 0;
    return (await world.read(checkpointKeyOf(job))) !== undefined;
  };
  while (!(await isFarEnough())) await after(20);
  await doomed.stop();
  expect(await lost).toMatchObject({ ok: false });
  world.wire.lead(world.simulator.url, []);
}

async function checkpointOf(job: CheckedJob): Promise<Record<string, unknown> | undefined> {
  const found = await world.read(checkpointKeyOf(job));
  return found === undefined ? undefined : JSON.parse(found.content.toString());
}

/** The next attempt stores this video completely, and leaves neither an upload nor a checkpoint. */
async function expectStored(
  job: CheckedJob,
  stats: Partial<CopiedJob['video']>,
  video = VIDEO,
): Promise<void> {
  const reply = await roomy.copy(job);
  if (!reply.ok) throw new Error(`${reply.error.errorType}: ${reply.error.errorMessage}`);
  expect((JSON.parse(reply.result) as CopiedJob).video).toMatchObject({
    bytes: video.length,
    sha256: createHash('sha256').update(video).digest('hex'),
    ...stats,
  });
  const stored = await world.read(`videos/${job.video_id}/video.mp4`);
  expect(stored?.content.equals(video)).toBe(true);
  expect(stored?.Metadata).toEqual({ 'task-id': job.task.task_id });
  expect(await world.unfinishedUploads()).toEqual([]);
  expect(await world.read(checkpointKeyOf(job))).toBeUndefined();
}

const CONTINUED = { attempts: 1, resumes: 1 };
const BEGUN_AGAIN = { attempts: 1, resumes: 0 };

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

test('begins again after an attempt that was killed before its first checkpoint', async () => {
  const job = makeJob();
  await copyUntilKilled(job, '60');
  expect(await world.unfinishedUploads()).toHaveLength(1);
  expect(await checkpointOf(job)).toBeUndefined();
  await expectStored(job, BEGUN_AGAIN);
});

test('begins again where the server has another file in the meantime', async () => {
  const job = makeJob('whole', { content: 'another video' });
  await copyUntilBroken(job);
  await expectStored(job, { attempts: 2, resumes: 0 }, anotherVideo(VIDEO));
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
  ['sends the whole file for the rest', { ranges: 'ignored' }],
  ['sends the rest from another byte', { ranges: 'from another byte' }],
  ['answers 416', { ranges: 'unsatisfiable' }],
] as const)('begins again where the server %s', async (_what, rest) => {
  const job = makeJob('whole', rest);
  await copyUntilBroken(job);
  await expectStored(job, { attempts: 2, resumes: 0 });
});

test('begins again where S3 has aborted the upload', async () => {
  const job = makeJob();
  await copyUntilBroken(job);
  await world.forgetUploads();
  await expectStored(job, BEGUN_AGAIN);
});

type StoredCheckpoint = Record<string, unknown> & {
  readonly parts: readonly { readonly etag: string; readonly crc32: string }[];
};

test.each<[string, (checkpoint: StoredCheckpoint) => object | string]>([
  ['is cut', (checkpoint) => JSON.stringify(checkpoint).slice(0, 100)],
  ['is empty', () => ''],
  ['is of another task', (checkpoint) => ({ ...checkpoint, task_id: '1' })],
  ['is of another upload', (checkpoint) => ({ ...checkpoint, upload_id: '0'.repeat(32) })],
  ['lacks a part', (checkpoint) => ({ ...checkpoint, parts: checkpoint.parts.slice(1) })],
  ['is of a release with other parts', (checkpoint) => ({ ...checkpoint, part_bytes: 1 })],
  [
    'is of a release with another scanner',
    (checkpoint) => ({ ...checkpoint, scanner: { at: checkpoint.bytes } }),
  ],
])('begins again where the checkpoint %s', async (_what, change) => {
  const job = makeJob();
  await copyUntilBroken(job);
  await world.write(checkpointKeyOf(job), change((await checkpointOf(job)) as StoredCheckpoint));
  await expectStored(job, BEGUN_AGAIN);
});

test.each<[string, (checkpoint: StoredCheckpoint) => object]>([
  ['another tag of the file', (checkpoint) => ({ ...checkpoint, source: { validator: '"x"' } })],
  ['other last bytes', (checkpoint) => ({ ...checkpoint, tail: 'AAAA' })],
])('begins again where the checkpoint has %s', async (_what, change) => {
  const job = makeJob();
  await copyUntilBroken(job);
  await world.write(checkpointKeyOf(job), change((await checkpointOf(job)) as StoredCheckpoint));
  await expectStored(job, { attempts: 2, resumes: 0 });
});

test('begins again in the attempt after S3 has rejected the parts of the checkpoint', async () => {
  const job = world.makeJob({ video: LONG_VIDEO });
  await copyUntilBroken(job, [{ afterBodyBytes: BEHIND_TWO_PARTS }]);
  const { parts, ...checkpoint } = (await checkpointOf(job)) as StoredCheckpoint;
  await world.write(checkpointKeyOf(job), { ...checkpoint, parts: parts.toReversed() });
  expect(await roomy.copy(job)).toMatchObject({
    ok: false,
    error: { errorType: 'StorageUnavailable', errorMessage: expect.stringContaining('InvalidPart') },
  });
  expect(await world.read(`videos/${job.video_id}/video.mp4`)).toBeUndefined();
  await expectStored(job, BEGUN_AGAIN, LONG_VIDEO);
});

test.each([
  ['a weak tag', { validator: 'weak tag' }],
  ['no validator', { validator: 'none' }],
] as const)('continues a file with a length and %s', async (_what, served) => {
  const job = makeJob(served);
  await copyUntilBroken(job);
  await expectStored(job, CONTINUED);
});

test.each([
  ['a weak tag', { validator: 'weak tag', framing: 'chunks' }],
  ['no validator', { validator: 'none', framing: 'chunks' }],
] as const)(
  'keeps nothing of a file with %s and no length, because its rest cannot be recognized',
  async (_what, served) => {
    const job = makeJob(served);
    await copyUntilBroken(job);
    expect(await world.unfinishedUploads()).toEqual([]);
    expect(await checkpointOf(job)).toBeUndefined();
    await expectStored(job, BEGUN_AGAIN);
  },
);

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
