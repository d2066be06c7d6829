import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Video } from '../../lambdas/core/video.ts';
import { REQUEST, type RunningService, startRunningService } from '../running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

test('POST /videos answers 202 with the video and where to find it', async () => {
  const answer = await running.post({ ...REQUEST, metadata: { order: 17 } });
  const video = (await answer.json()) as Video;
  expect(answer.status).toBe(202);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('location')).toBe(`/videos/${video.video_id}`);
  expect(answer.headers.get('retry-after')).toBe('10');
  expect(video).toEqual({
    video_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    status: 'queued',
    created_at: expect.stringMatching(/Z$/),
    template_id: REQUEST.template_id,
    metadata: { order: 17 },
  });
});

test('GET /videos/{video_id} answers with a fresh link when the video is ready', async () => {
  const { name } = await running.run(REQUEST);
  const first = await running.get(name);
  expect(first).toMatchObject({
    video_id: name,
    status: 'succeeded',
    finished_at: expect.any(String),
    task_id: expect.stringMatching(/^\d+$/),
    polls: 3,
    video: {
      s3_uri: `s3://${running.service.deployment.buckets[0]}/videos/${name}/video.mp4`,
      bytes: 64331,
      content_type: 'video/mp4',
    },
  });
  expect((await fetch(first.video?.url ?? '')).status).toBe(200);
});

test('ids sort by the time of their request', async () => {
  const ids = [];
  for (let count = 0; count < 5; count += 1)
    ids.push(((await (await running.post(REQUEST)).json()) as Video).video_id);
  expect(ids.toSorted()).toEqual(ids);
});

test.each([
  ['not JSON', '{"template_id"', [{ pointer: '', detail: 'is not JSON' }]],
  ['nothing', '', [{ pointer: '', detail: expect.stringContaining('is empty') }]],
  ['a list', [], [{ pointer: '', detail: expect.stringContaining('must be an object') }]],
  [
    'a number as id',
    { template_id: 5 },
    [{ pointer: '/template_id', detail: expect.stringContaining('given a number') }],
  ],
  [
    'an unknown field',
    { template_id: '1', model: 'x' },
    [{ pointer: '/model', detail: expect.stringContaining('not a known field') }],
  ],
  [
    'an item without value',
    { template_id: '1', media_inputs: [{}] },
    [{ pointer: '/media_inputs/0/value', detail: expect.any(String) }],
  ],
  [
    'too much',
    { template_id: '1', text_inputs: [{ value: 'x'.repeat(200_000) }] },
    [{ pointer: '', detail: expect.stringContaining('at most 200000') }],
  ],
])('POST /videos answers 400 to %s, and starts nothing', async (_name, body, errors) => {
  const { executions } = running.service.engine;
  const before = executions.size;
  const answer = await running.post(body);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({
    type: 'urn:template-video:problem:bad-request',
    status: 400,
    errors,
  });
  expect(executions.size).toBe(before);
});

test.each(['nobody', '01a20514-17d7-7755-9447-4509f800ce79', 'a%2Fb', '%00', 'x'.repeat(300), '__proto__'])(
  'GET /videos/%s answers 404',
  async (id) => {
    const answer = await fetch(`${running.service.url}/videos/${id}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      type: 'urn:template-video:problem:video-not-found',
      status: 404,
    });
  },
);
