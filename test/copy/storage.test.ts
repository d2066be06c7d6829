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

test('leaves an object that a browser plays, and saves under the name of the video', async () => {
  const job = world.makeJob({ video: world.video });
  const { key } = videoOf(await world.copy(job));
  expect(await world.read(key)).toMatchObject({
    ContentType: 'video/mp4',
    ContentDisposition: `inline; filename=${job.video_id}.mp4`,
    Metadata: { 'task-id': job.task.task_id },
  });
});

test('finds what an earlier try has stored, and needs neither MiniMax nor the link for it', async () => {
  const job = world.makeJob({ video: world.video, queries: ['Success', 'Fail'] });
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

test('neither takes the video of another task for its own nor puts its own over it', async () => {
  const job = world.makeJob({});
  const { task } = world.makeJob({ video: world.video });
  const { key } = videoOf(await world.copy({ ...job, task }));
  expect(await world.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoExistsAlready' } });
  expect((await world.read(key))?.content.equals(world.video)).toBe(true);
});

test.each([
  ['another execution', { execution_arn: 'arn:another' }],
  ['an earlier execution of the same name', { created_at: new Date(0).toISOString() }],
])('stores nothing where %s holds the video', async (_what, changes) => {
  const job = world.makeJob({ video: world.video });
  const { video_id, created_at, execution_arn } = job;
  const key = `videos/${video_id}/job.json`;
  const held = { video_id, created_at, execution_arn, ...changes };
  await world.write(key, held);
  expect(await world.copy(job)).toMatchObject({ ok: false, error: { errorType: 'VideoExistsAlready' } });
  expect(JSON.parse((await world.read(key))?.content.toString() ?? '')).toEqual(held);
  expect(await world.read(`videos/${video_id}/video.mp4`)).toBeUndefined();
});

test('stores a video that is paid for beside an object that is no job document, and leaves that alone', async () => {
  const job = world.makeJob({ video: world.video });
  const key = `videos/${job.video_id}/job.json`;
  await world.write(key, { task: 17 });
  expect(videoOf(await world.copy(job)).bytes).toBe(world.video.length);
  expect(JSON.parse((await world.read(key))?.content.toString() ?? '')).toEqual({ task: 17 });
});

test.each([
  ['keeps the record of an end that it has outlived', 60_000, 'cancelled'],
  ['writes over the record of an end that a redrive has taken up', -60_000, undefined],
])('%s', async (_what, milliseconds, status) => {
  const job = world.makeJob({ video: world.video });
  const key = `videos/${job.video_id}/job.json`;
  const finished_at = new Date(Date.now() + milliseconds).toISOString();
  const { video_id, created_at, execution_arn } = job;
  await world.write(key, { video_id, created_at, execution_arn, status: 'cancelled', finished_at });
  const { bytes } = videoOf(await world.copy(job));
  expect(bytes).toBe(world.video.length);
  const recorded = JSON.parse((await world.read(key))?.content.toString() ?? '');
  expect(recorded.status).toBe(status);
});

test('two at once end in one right object, whoever is first', async () => {
  const job = world.makeJob({ video: world.video });
  const replies = await Promise.all([world.copy(job), world.copy(job), world.copy(job)]);
  const [first] = replies.map(videoOf);
  for (const reply of replies) expect(videoOf(reply).sha256).toBe(first?.sha256);
  const { key, sha256 } = videoOf(await world.copy(job));
  expect((await world.read(key))?.content.equals(world.video)).toBe(true);
  expect(first?.sha256).toBe(sha256);
  expect(await world.unfinishedUploads()).toEqual([]);
});
