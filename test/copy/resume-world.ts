import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import type { CheckedJob, CopiedJob } from '../../lambdas/core/job/job.ts';
import type { WorkerReply } from '../../local/lambda/function-worker.ts';
import type { DownloadBehaviour } from '../../local/simulator/scenario.ts';
import { type CopyWorld, createCopyWorld, HURRIED, makeVideo } from '../harness/copy-world.ts';
import type { Break } from './wire.ts';

/** One part and a little more. */
export const VIDEO = makeVideo(PART_BYTES + 500_000);
/** Two parts and a little more. */
export const LONG_VIDEO = makeVideo(2 * PART_BYTES + 500_000);
const ROOMY = { ...HURRIED, MAX_VIDEO_MEGABYTES: '50' };
export const BEHIND_ONE_PART = PART_BYTES + 300_000;
const STALLED = { afterBodyBytes: BEHIND_ONE_PART, ending: 'stall' } as const;
const TIMEOUT_SECONDS = 6;

export let world: CopyWorld;
export let roomy: ReturnType<CopyWorld['startFunction']>;

/** Starts the world before the tests of a file, and stops it after them. */
export function useResumeWorld(): void {
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
}

export const checkpointKeyOf = ({ video_id }: CheckedJob): string => `videos/${video_id}/copy.json`;

export function makeJob(...downloads: readonly DownloadBehaviour[]): CheckedJob {
  return world.makeJob({ video: VIDEO, ...(downloads.length === 0 ? {} : { downloads }) });
}

/** An attempt that runs out of time while the server sends nothing. */
export async function copyUntilTimeout(job: CheckedJob, silent: Break = STALLED): Promise<WorkerReply> {
  world.wire.lead(world.simulator.url, [silent]);
  const hasty = world.startFunction(ROOMY, TIMEOUT_SECONDS);
  const reply = await hasty.copy(job);
  await hasty.stop();
  world.wire.lead(world.simulator.url, []);
  return reply;
}

/** An attempt whose connection breaks, and that gets no other connection. */
export async function copyUntilBroken(
  job: CheckedJob,
  breaks: readonly Break[] = [{ afterBodyBytes: BEHIND_ONE_PART }],
): Promise<void> {
  const refusals = Array(30).fill({ afterHeadBytes: 0 });
  world.wire.lead(world.simulator.url, [...breaks, ...refusals]);
  expect(await roomy.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoUnreachable' } });
  world.wire.lead(world.simulator.url, []);
}

/** An attempt that is killed while the server sends nothing. @param everySeconds how often it writes its checkpoint */
export async function copyUntilKilled(job: CheckedJob, everySeconds: string): Promise<void> {
  world.wire.lead(world.simulator.url, [STALLED]);
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

export async function checkpointOf(job: CheckedJob): Promise<Record<string, unknown> | undefined> {
  const found = await world.read(checkpointKeyOf(job));
  return found === undefined ? undefined : JSON.parse(found.content.toString());
}

/** The next attempt stores this video completely, and leaves neither an upload nor a checkpoint. */
export async function expectStored(
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

export const CONTINUED = { attempts: 1, resumes: 1 };
export const BEGUN_AGAIN = { attempts: 1, resumes: 0 };

export type StoredCheckpoint = Record<string, unknown> & {
  readonly parts: readonly { readonly etag: string; readonly crc32: string }[];
};

/** The attempt after a broken one finds the checkpoint changed like this. */
export async function expectStoredAfter(
  change: (checkpoint: StoredCheckpoint) => object | string,
  stats: Partial<CopiedJob['video']>,
): Promise<void> {
  const job = makeJob();
  await copyUntilBroken(job);
  await world.write(checkpointKeyOf(job), change((await checkpointOf(job)) as StoredCheckpoint));
  await expectStored(job, stats);
}

/** MiniMax serves the rest of the file like this, and the whole file before. */
export async function expectStoredWith(rest: DownloadBehaviour): Promise<void> {
  const job = makeJob('whole', rest);
  await copyUntilBroken(job);
  await expectStored(job, { attempts: 2, resumes: 0 });
}

/** MiniMax serves a file without a length like this. */
export async function expectNothingKept(served: DownloadBehaviour): Promise<void> {
  const job = makeJob(served);
  await copyUntilBroken(job);
  expect(await world.unfinishedUploads()).toEqual([]);
  expect(await checkpointOf(job)).toBeUndefined();
  await expectStored(job, BEGUN_AGAIN);
}
