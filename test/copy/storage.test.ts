import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CopiedJob } from '../../lambdas/core/job/job.ts';
import type { WorkerReply } from '../../local/lambda/function-worker.ts';
import { type CopyWorld, createCopyWorld } from '../harness/copy-world.ts';

let world: CopyWorld;
beforeAll(async () => {
  world = await createCopyWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.wire.lead(world.simulator.url, []));

function videoOf(reply: WorkerReply): CopiedJob['video'] {
  if (!reply.ok) throw new Error(`${reply.error.errorType}: ${reply.error.errorMessage}`);
  return (JSON.parse(reply.result) as CopiedJob).video;
}

test('stores an object that a browser plays, with the id of the video as its file name', async () => {
  const job = world.makeJob({ video: world.videos.small });
  const { key } = videoOf(await world.copy(job));
  expect(await world.read(key)).toMatchObject({
    ContentType: 'video/mp4',
    ContentDisposition: `inline; filename=${job.video_id}.mp4`,
    Metadata: { 'task-id': job.task.task_id },
  });
});

test('finds what an earlier attempt has stored, without MiniMax or the link', async () => {
  const job = world.makeJob({ video: world.videos.small, queries: ['Success', 'Fail'] });
  const first = videoOf(await world.copy(job));
  world.wire.lead(world.simulator.url, []);
  expect(videoOf(await world.copy(job))).toEqual({
    ...first,
    seconds: expect.any(Number),
    attempts: 0,
    resumes: 0,
  });
  expect(world.wire.connections).toBe(0);
});

test('neither returns nor replaces the video of another task', async () => {
  const job = world.makeJob({});
  const { task } = world.makeJob({ video: world.videos.small });
  const { key } = videoOf(await world.copy({ ...job, task }));
  expect(await world.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoExistsAlready' } });
  expect((await world.read(key))?.content.equals(world.videos.small)).toBe(true);
});

test.each([
  ['another execution', { execution_arn: 'arn:another' }],
  ['an earlier execution of the same name', { created_at: new Date(0).toISOString() }],
])('stores nothing where %s holds the video', async (_what, changes) => {
  const job = world.makeJob({ video: world.videos.small });
  const { video_id, created_at, execution_arn } = job;
  const key = `videos/${video_id}/job.json`;
  const held = { video_id, created_at, execution_arn, ...changes };
  await world.write(key, held);
  expect(await world.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoExistsAlready' } });
  expect(JSON.parse((await world.read(key))?.content.toString() ?? '')).toEqual(held);
  expect(await world.read(`videos/${video_id}/video.mp4`)).toBeUndefined();
});

test('stores a paid video although job.json is no job document, and does not change that object', async () => {
  const job = world.makeJob({ video: world.videos.small });
  const key = `videos/${job.video_id}/job.json`;
  await world.write(key, { task: 17 });
  expect(videoOf(await world.copy(job)).bytes).toBe(world.videos.small.length);
  expect(JSON.parse((await world.read(key))?.content.toString() ?? '')).toEqual({ task: 17 });
});

test.each([
  ['keeps the record of an end that came while it ran', 60_000, 'cancelled'],
  ['replaces the record of an end that a redrive has left behind', -60_000, undefined],
])('%s', async (_what, milliseconds, status) => {
  const job = world.makeJob({ video: world.videos.small });
  const key = `videos/${job.video_id}/job.json`;
  const finished_at = new Date(Date.now() + milliseconds).toISOString();
  const { video_id, created_at, execution_arn } = job;
  await world.write(key, { video_id, created_at, execution_arn, status: 'cancelled', finished_at });
  const { bytes } = videoOf(await world.copy(job));
  expect(bytes).toBe(world.videos.small.length);
  const recorded = JSON.parse((await world.read(key))?.content.toString() ?? '');
  expect(recorded.status).toBe(status);
});

test('three copies at once store one complete object', async () => {
  const job = world.makeJob({ video: world.videos['in parts'] });
  const replies = await Promise.all([world.copy(job), world.copy(job), world.copy(job)]);
  const [first] = replies.map(videoOf);
  for (const reply of replies) expect(videoOf(reply).sha256).toBe(first?.sha256);
  const { key, sha256 } = videoOf(await world.copy(job));
  expect((await world.read(key))?.content.equals(world.videos['in parts'])).toBe(true);
  expect(first?.sha256).toBe(sha256);
  expect(await world.unfinishedUploads()).toEqual([]);
});
