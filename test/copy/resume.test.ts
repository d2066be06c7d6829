import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import type { CheckedJob, CopiedJob } from '../../lambdas/core/job/job.ts';
import type { WorkerReply } from '../../local/lambda/function-worker.ts';
import type { DownloadBehaviour } from '../../local/simulator/scenario.ts';
import { anotherVideo } from '../../local/simulator/serve-file.ts';
import { type CopyWorld, createCopyWorld, makeVideo } from '../harness/copy-world.ts';
import type { Break } from './wire.ts';

/** Four parts and a little more. */
const VIDEO = makeVideo(4 * PART_BYTES + 500_000);
const ROOMY = { MAX_VIDEO_MEGABYTES: '50', DOWNLOAD_PAUSE_SECONDS: '0.001' };
/** Behind the second part, and before the third is full. */
const TWO_PARTS = 2 * PART_BYTES + 300_000;
const SILENT = { afterBodyBytes: TWO_PARTS, ending: 'silence' } as const;

let world: CopyWorld;
let patient: ReturnType<CopyWorld['startFunction']>;
beforeAll(async () => {
  world = await createCopyWorld();
  patient = world.startFunction({ ...ROOMY, DOWNLOAD_IDLE_SECONDS: '2' });
});
afterAll(async () => {
  await patient.stop();
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  world.wire.lead(world.simulator.url, []);
  await world.forgetUploads();
});

const noteKey = ({ video_id }: CheckedJob): string => `videos/${video_id}/copy.json`;

function makeJob(...downloads: readonly DownloadBehaviour[]): CheckedJob {
  return world.makeJob({ video: VIDEO, ...(downloads.length === 0 ? {} : { downloads }) });
}

/** A function that runs out of time while the file is silent. */
async function copyInHaste(job: CheckedJob): Promise<WorkerReply> {
  world.wire.lead(world.simulator.url, [SILENT]);
  const hasty = world.startFunction({ ...ROOMY, DOWNLOAD_IDLE_SECONDS: '30' }, 6);
  const reply = await hasty.copy(job);
  await hasty.stop();
  world.wire.lead(world.simulator.url, []);
  return reply;
}

/** An attempt whose connection breaks off, and that gets no other. */
async function copyInVain(
  job: CheckedJob,
  breaks: readonly Break[] = [{ afterBodyBytes: TWO_PARTS }],
): Promise<void> {
  const refusals = Array(30).fill({ afterHeadBytes: 0 });
  world.wire.lead(world.simulator.url, [...breaks, ...refusals]);
  expect(await patient.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoUnreachable' } });
  world.wire.lead(world.simulator.url, []);
}

/** A function that is killed while the file is silent. @param noteSeconds how often it writes its note */
async function copyUntilKilled(job: CheckedJob, noteSeconds: string): Promise<void> {
  world.wire.lead(world.simulator.url, [SILENT]);
  const doomed = world.startFunction({
    ...ROOMY,
    DOWNLOAD_IDLE_SECONDS: '30',
    CHECKPOINT_SECONDS: noteSeconds,
  });
  const lost = doomed.copy(job);
  const isFarEnough = async (): Promise<boolean> => {
    if (noteSeconds !== '0') return (await world.unfinishedUploads()).length > 0;
    const note = await world.read(noteKey(job));
    return note !== undefined;
  };
  while (!(await isFarEnough())) await after(20);
  await doomed.stop();
  expect(await lost).toMatchObject({ ok: false });
  world.wire.lead(world.simulator.url, []);
}

async function noteOf(job: CheckedJob): Promise<Record<string, unknown> | undefined> {
  const found = await world.read(noteKey(job));
  return found === undefined ? undefined : JSON.parse(found.content.toString());
}

/** The next attempt is to store this, whole, and to leave nothing behind. */
async function expectStored(
  job: CheckedJob,
  effort: Partial<CopiedJob['video']>,
  video = VIDEO,
): Promise<void> {
  const reply = await patient.copy(job);
  if (!reply.ok) throw new Error(`${reply.error.errorType}: ${reply.error.errorMessage}`);
  expect((JSON.parse(reply.result) as CopiedJob).video).toMatchObject({
    bytes: video.length,
    sha256: createHash('sha256').update(video).digest('hex'),
    ...effort,
  });
  const stored = await world.read(`videos/${job.video_id}/video.mp4`);
  expect(stored?.content.equals(video)).toBe(true);
  expect(stored?.Metadata).toEqual({ 'task-id': job.task.task_id });
  expect(await world.unfinishedUploads()).toEqual([]);
  expect(await world.read(noteKey(job))).toBeUndefined();
}

const GONE_ON_WITH = { attempts: 1, resumes: 1 };
const BEGUN_ANEW = { attempts: 1, resumes: 0 };

test('stops in time, says how far it has come, and the next attempt goes on from there', async () => {
  const job = makeJob();
  expect(await copyInHaste(job)).toMatchObject({
    ok: false,
    error: {
      errorType: 'VideoUnfinished',
      errorMessage: `The copy was stopped after ${TWO_PARTS} of ${VIDEO.length} bytes, before the function ran out of time. The next attempt goes on from byte ${2 * PART_BYTES}.`,
    },
  });
  expect(await world.read(`videos/${job.video_id}/video.mp4`)).toBeUndefined();
  const note = await world.read(noteKey(job));
  expect(note?.content.toString()).not.toMatch(/https?:|Signature|sk-/);
  expect(JSON.parse(note?.content.toString() ?? '')).toMatchObject({
    task_id: job.task.task_id,
    bytes: 2 * PART_BYTES,
    source: { total_bytes: VIDEO.length, validator: expect.stringMatching(/^"/) },
  });
  await expectStored(job, GONE_ON_WITH);
});

test('goes on after any number of attempts', async () => {
  const job = makeJob();
  await copyInHaste(job);
  world.wire.lead(world.simulator.url, [{ afterBodyBytes: PART_BYTES + 9_000, ending: 'silence' }]);
  const hasty = world.startFunction({ ...ROOMY, DOWNLOAD_IDLE_SECONDS: '30' }, 6);
  expect(await hasty.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoUnfinished' } });
  await hasty.stop();
  expect(await noteOf(job)).toMatchObject({ bytes: 3 * PART_BYTES });
  world.wire.lead(world.simulator.url, []);
  await expectStored(job, { attempts: 1, resumes: 2 });
});

test('calls an attempt that has stored nothing new by the name of what it was waiting for', async () => {
  const job = makeJob();
  await copyInHaste(job);
  const note = await noteOf(job);
  world.wire.lead(world.simulator.url, [{ afterBodyBytes: 9_000, ending: 'silence' }]);
  const hasty = world.startFunction({ ...ROOMY, DOWNLOAD_IDLE_SECONDS: '30' }, 6);
  expect(await hasty.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoUnreachable' } });
  await hasty.stop();
  expect(await noteOf(job)).toEqual(note);
});

test('goes on where a connection broke off for good', async () => {
  const job = makeJob();
  await copyInVain(job);
  expect(await noteOf(job)).toMatchObject({ bytes: 2 * PART_BYTES });
  await expectStored(job, GONE_ON_WITH);
});

test('goes on after it was killed, from where its newest note is', async () => {
  const job = makeJob();
  await copyUntilKilled(job, '0');
  await expectStored(job, GONE_ON_WITH);
});

test('begins anew after it was killed before it had written a note', async () => {
  const job = makeJob();
  await copyUntilKilled(job, '60');
  expect(await world.unfinishedUploads()).toHaveLength(1);
  expect(await noteOf(job)).toBeUndefined();
  await expectStored(job, BEGUN_ANEW);
});

test('begins anew where the source has another file since', async () => {
  const job = makeJob('whole', { content: 'another video' });
  await copyInVain(job);
  await expectStored(job, { attempts: 2, resumes: 0 }, anotherVideo(VIDEO));
});

test('goes on with the file that is there since, however little of it has come', async () => {
  const job = makeJob('whole', { content: 'another video' });
  await copyInVain(job);
  const unbroken = { afterBodyBytes: 2 * VIDEO.length };
  await copyInVain(job, [unbroken, { afterBodyBytes: PART_BYTES + 9_000 }]);
  expect(await noteOf(job)).toMatchObject({ bytes: PART_BYTES, attempts: 2 });
  await expectStored(job, { attempts: 2, resumes: 1 }, anotherVideo(VIDEO));
});

test.each([
  ['gives everything for the rest', { ranges: 'ignored' }],
  ['gives the rest from another byte', { ranges: 'from another byte' }],
  ['has no such rest', { ranges: 'unsatisfiable' }],
] as const)('begins anew where the source %s', async (_what, rest) => {
  const job = makeJob('whole', rest);
  await copyInVain(job);
  await expectStored(job, { attempts: 2, resumes: 0 });
});

test('begins anew where S3 knows the upload no more', async () => {
  const job = makeJob();
  await copyInVain(job);
  await world.forgetUploads();
  await expectStored(job, BEGUN_ANEW);
});

type Note = Record<string, unknown> & {
  readonly parts: readonly { readonly etag: string; readonly crc32: string }[];
};

test.each<[string, (note: Note) => object | string]>([
  ['is cut', (note) => JSON.stringify(note).slice(0, 100)],
  ['is empty', () => ''],
  ['is of another task', (note) => ({ ...note, task_id: '1' })],
  ['is of another upload', (note) => ({ ...note, upload_id: '0'.repeat(32) })],
  ['lacks a part', (note) => ({ ...note, parts: note.parts.slice(1) })],
  ['is of a release with other parts', (note) => ({ ...note, part_bytes: 1 })],
  ['is of a release with another scanner', (note) => ({ ...note, scanner: { at: note.bytes } })],
])('begins anew where the note %s', async (_what, change) => {
  const job = makeJob();
  await copyInVain(job);
  await world.write(noteKey(job), change((await noteOf(job)) as Note));
  await expectStored(job, BEGUN_ANEW);
});

test.each<[string, (note: Note) => object]>([
  ['another tag of the source', (note) => ({ ...note, source: { validator: '"x"' } })],
  ['another end of what has come', (note) => ({ ...note, tail: 'AAAA' })],
])('begins anew where the note has %s', async (_what, change) => {
  const job = makeJob();
  await copyInVain(job);
  await world.write(noteKey(job), change((await noteOf(job)) as Note));
  await expectStored(job, { attempts: 2, resumes: 0 });
});

test('begins anew in the attempt after S3 has refused the parts of the note', async () => {
  const job = makeJob();
  await copyInVain(job);
  const { parts, ...note } = (await noteOf(job)) as Note;
  await world.write(noteKey(job), { ...note, parts: parts.toReversed() });
  expect(await patient.copy(job)).toMatchObject({
    ok: false,
    error: { errorType: 'StorageUnavailable', errorMessage: expect.stringContaining('InvalidPart') },
  });
  expect(await world.read(`videos/${job.video_id}/video.mp4`)).toBeUndefined();
  await expectStored(job, BEGUN_ANEW);
});

test.each([
  ['a weak tag', { validator: 'weak tag' }],
  ['no validator', { validator: 'none' }],
] as const)('goes on with a source with a length and %s', async (_what, served) => {
  const job = makeJob(served);
  await copyInVain(job);
  await expectStored(job, GONE_ON_WITH);
});

test.each([
  ['a weak tag', { validator: 'weak tag', framing: 'chunks' }],
  ['no validator', { validator: 'none', framing: 'chunks' }],
] as const)(
  'keeps nothing of a source with %s and no length, which nobody could go on with',
  async (_what, served) => {
    const job = makeJob(served);
    await copyInVain(job);
    expect(await world.unfinishedUploads()).toEqual([]);
    expect(await noteOf(job)).toBeUndefined();
    await expectStored(job, BEGUN_ANEW);
  },
);

test('keeps nothing of a large file that nobody can play, and does not store it', async () => {
  const zeros = Buffer.concat([VIDEO.subarray(0, VIDEO.indexOf('mdat') - 4), Buffer.alloc(VIDEO.length)]);
  const job = world.makeJob({ video: zeros.subarray(0, VIDEO.length) });
  expect(await patient.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoNotPlayable' } });
  expect(await world.unfinishedUploads()).toEqual([]);
  expect(await noteOf(job)).toBeUndefined();
  expect(await world.read(`videos/${job.video_id}/video.mp4`)).toBeUndefined();
});

test('two that go on with one note at once end in one right object', async () => {
  const job = makeJob();
  await copyInVain(job);
  const replies = await Promise.all([patient.copy(job), patient.copy(job), patient.copy(job)]);
  const sums = replies.map((reply) =>
    reply.ok ? (JSON.parse(reply.result) as CopiedJob).video.sha256 : reply.error.errorType,
  );
  expect(new Set(sums)).toEqual(new Set([createHash('sha256').update(VIDEO).digest('hex')]));
  await expectStored(job, { attempts: 0, resumes: 0 });
});

test('clears up behind an attempt that was killed when the object was there', async () => {
  const job = makeJob();
  await expectStored(job, BEGUN_ANEW);
  await world.write(noteKey(job), { left: true });
  await expectStored(job, { attempts: 0, resumes: 0 });
});
