import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient, type VideosClient } from '../../client/index.ts';
import { API_KEY, type SignedFront, startSignedFront } from '../api/signed-front.ts';
import { pngOf } from '../harness/images.ts';
import {
  REQUEST,
  type RunningService,
  startRunningService,
  temporaryFolder,
} from '../harness/running-service.ts';

const { template_id, text_inputs } = REQUEST;

let running: RunningService;
let front: SignedFront;
let videos: VideosClient;
beforeAll(async () => {
  running = await startRunningService();
  front = await startSignedFront(running.service.url);
  videos = createClient({ url: front.url, apiKey: API_KEY, firstPauseMs: 1 });
});
afterAll(async () => {
  await front.stop();
  await running.stop();
});

const creates = (): number => running.simulator.creates.length;

test('makes a video of uploaded bytes, and pays once although answers are lost', async () => {
  const before = creates();
  front.interfere('POST', ['lose', 'cut', 503]);
  const media_inputs = [{ value: new Uint8Array(pngOf(400, 400)) }];
  const request = { template_id, text_inputs, media_inputs };
  const options = { idempotencyKey: 'order 1' };
  const made = await videos.make(request, options);
  expect(made).toMatchObject({ status: 'succeeded', video: { content_type: 'video/mp4' } });
  // An equal image gets an equal value, so an equal call is an equal request.
  expect(await videos.make(request, options)).toMatchObject({ video_id: made.video_id });
  expect(creates()).toBe(before + 1);
});

test('follows a task that exists, lists it, and counts it', async () => {
  const task = running.simulator.makeTask({ queries: ['Success'] });
  const before = creates();
  const { video_id } = await videos.adopt(task, { metadata: { order: 7 } });
  expect(await videos.wait(video_id)).toMatchObject({ status: 'succeeded', task_id: task });
  expect(creates()).toBe(before);
  const listed = await Array.fromAsync(videos.list({ limit: 1, created_after: new Date(0) }));
  expect(listed.map((video) => video.video_id)).toContain(video_id);
  expect((await videos.usage()).videos).toBe(listed.length);
  expect((await videos.templates()).templates.map((template) => template.template_id)).toContain(template_id);
});

test('shows the states that a video has visited, which are states of the workflow', async () => {
  const { video_id } = await videos.adopt(running.simulator.makeTask({ queries: ['Success'] }));
  await running.endOf(video_id);
  const states = await Array.fromAsync(videos.history(video_id));
  expect(states.map(({ state }) => state)).toEqual([
    'Task given?',
    'Adopt task',
    'Check task',
    'Finished?',
    'Copy video',
    'Video ready',
  ]);
  const pages = await Array.fromAsync(videos.history(video_id, { limit: 4 }).pages());
  expect(pages.map((page) => page.states)).toEqual([states.slice(0, 4), states.slice(4)]);
  const { States } = await videos.workflow();
  for (const { state } of states) expect(States).toHaveProperty([state]);
  await expect(Array.fromAsync(videos.history('missing'))).rejects.toMatchObject({ type: 'video-not-found' });
});

test('cancels a video', async () => {
  running.simulator.script({ queries: ['Processing'] });
  const { video_id } = await videos.start(REQUEST);
  expect(await videos.cancel(video_id)).toMatchObject({ status: 'cancelled' });
  await running.endOf(video_id);
  running.simulator.forgetScripts();
});

test('says which fields of a request are wrong', async () => {
  await expect(videos.start({ template_id, text_inputs: [] })).rejects.toMatchObject({
    type: 'bad-request',
    retry: 'new_request',
    errors: expect.arrayContaining([expect.objectContaining({ pointer: '/media_inputs' })]),
  });
});

const PROJECT = join(import.meta.dirname, '..', '..');

test('makes a video with the lines of docs/api.md', async () => {
  const page = await readFile(join(PROJECT, 'docs', 'api.md'), 'utf8');
  const [, lines = ''] = /```ts\n([^`]*createClient[^`]*)```/.exec(page) ?? [];
  const folder = await temporaryFolder();
  await cp(join(PROJECT, 'local', 'simulator', 'pet.jpg'), join(folder, 'pet.jpg'));
  const inPackage = lines.replace('template-video/client', join(PROJECT, 'client', 'index.ts'));
  await writeFile(join(folder, 'make.mts'), inPackage);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['make.mts'], {
    cwd: folder,
    env: { VIDEOS_URL: `${front.url}/videos`, KEY: API_KEY },
  });
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/.*video\.mp4\?/);
  expect(stderr).toMatch(/succeeded\n$/);
});

test('rejects another request under a used key, and advises no second video', async () => {
  const { idempotencyKey, video_id } = await videos.start(REQUEST);
  await expect(videos.start({ ...REQUEST, metadata: { a: 1 } }, { idempotencyKey })).rejects.toMatchObject({
    type: 'idempotency-key-reused',
    retry: 'never',
    idempotencyKey,
  });
  await running.endOf(video_id);
});
