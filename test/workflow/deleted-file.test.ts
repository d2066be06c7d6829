import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Video, videoSchema } from '../../lambdas/core/api/response.ts';
import { videoKey } from '../../lambdas/core/storage-keys.ts';
import { videoOfExecution } from '../harness/execution-answer.ts';
import {
  placeFor,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  synthesizeForSimulator,
} from '../harness/running-service.ts';

const RETENTION_DAYS = 30;

const stacks = new Map<string, SimulatedStack>();
beforeAll(async () => {
  stacks.set('for ever', await synthesizeForSimulator());
  const further = { retentionDays: RETENTION_DAYS };
  stacks.set('30 days', await synthesizeForSimulator({ further }));
});
afterAll(() => Promise.all([...stacks.values()].map((stack) => stack.stop())));

function stackOf(name: string): SimulatedStack {
  const stack = stacks.get(name);
  if (stack === undefined) throw new Error(`There is no stack ${name}.`);
  return stack;
}

async function post({ service }: RunningService, key: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  return fetch(`${service.url}/videos`, { method: 'POST', headers, body: JSON.stringify(REQUEST) });
}

async function make(running: RunningService, key: string): Promise<Video> {
  running.simulator.script({ queries: ['Success'] });
  const { video_id } = (await (await post(running, key)).json()) as Video;
  await running.endOf(video_id);
  return running.get(video_id);
}

const fileOf = ({ service }: RunningService, { video_id }: Video) => ({
  Bucket: service.deployment.buckets[0],
  Key: videoKey(video_id),
});

const deleteFile = (running: RunningService, video: Video) =>
  running.s3.send(new DeleteObjectCommand(fileOf(running, video)));

test.each([
  ['for ever', []],
  ['30 days', [{ Key: 'template-video', Value: 'expires' }]],
])('kept %s, a video has the tags %j', async (name, tags) => {
  const running = await (await placeFor(stackOf(name))).start();
  const video = await make(running, randomUUID());
  expect(video.video).toMatchObject({ url: expect.stringContaining('X-Amz-Signature=') });
  const { TagSet } = await running.s3.send(new GetObjectTaggingCommand(fileOf(running, video)));
  expect(TagSet).toEqual(tags);
});

test.each(['for ever', '30 days'])(
  'kept %s, a video whose file was deleted is shown without a link, and nothing makes it again',
  async (name) => {
    const running = await (await placeFor(stackOf(name))).start();
    const key = randomUUID();
    const made = await make(running, key);
    const job = await running.storedJob(made.video_id);
    await deleteFile(running, made);
    const creates = running.simulator.creates.length;
    const executions = running.service.engine.executions.list({ limit: 100 }).executions.length;
    const before = new Date();

    const shown = await running.get(made.video_id);
    const { deleted_at = '', ...rest } = shown;
    const { video: _file, ...others } = made;
    expect(rest).toEqual({ ...others, video: null });
    expect(new Date(deleted_at).getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(videoSchema.safeParse(shown)).toMatchObject({ success: true });
    expect(await videoOfExecution(running, made.video_id)).toMatchObject({ status: 'succeeded' });

    const replay = await post(running, key);
    expect([replay.status, replay.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    expect(await replay.json()).toMatchObject({
      status: 'succeeded',
      video: null,
      deleted_at: expect.any(String),
    });
    expect(running.simulator.creates).toHaveLength(creates);
    expect(running.service.engine.executions.list({ limit: 100 }).executions).toHaveLength(executions);
    expect(await running.storedJob(made.video_id)).toEqual(job);
  },
);

test('a file that is gone after its retention was deleted at the end of the retention', async () => {
  const { start } = await placeFor(stackOf('30 days'));
  const running = await start();
  const made = await make(running, randomUUID());
  await running.changeJob(made.video_id, (job) => ({
    ...job,
    created_at: '2026-01-01T10:00:00.000Z',
    finished_at: '2026-01-01T10:05:00.000Z',
  }));
  expect((await running.get(made.video_id)).video).toMatchObject({ bytes: expect.any(Number) });
  await deleteFile(running, made);
  expect(await running.get(made.video_id)).toMatchObject({
    video: null,
    deleted_at: '2026-02-01T00:00:00.000Z',
  });
});

test('replays a video without its file also where its execution is forgotten', async () => {
  const { start, folder } = await placeFor(stackOf('30 days'));
  const running = await start();
  const key = randomUUID();
  const made = await make(running, key);
  await deleteFile(running, made);
  expect(running.service.videos.job(made.video_id)).toMatchObject({ wasStored: true });
  await running.stop();
  await rm(join(folder, 'objects-state'), { recursive: true });
  const next = await start();
  const creates = next.simulator.creates.length;
  expect(await (await post(next, key)).json()).toMatchObject({ video_id: made.video_id, video: null });
  expect(next.service.engine.executions.get(made.video_id)).toBeUndefined();
  expect(next.simulator.creates).toHaveLength(creates);
});

test('the adoption of its task copies a deleted video once more, under an id of its own', async () => {
  const running = await (await placeFor(stackOf('30 days'))).start();
  const made = await make(running, randomUUID());
  await deleteFile(running, made);
  const creates = running.simulator.creates.length;
  const adopted = await running.run({ task_id: made.task_id });
  expect(await running.get(adopted.name)).toMatchObject({
    status: 'succeeded',
    video: { bytes: made.video?.bytes },
  });
  expect(await running.get(made.video_id)).toMatchObject({ video: null });
  expect(running.simulator.creates).toHaveLength(creates);
});
