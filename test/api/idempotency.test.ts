import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import { pngOf, toDataUrl } from '../harness/images.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

interface Answer {
  readonly status: number;
  readonly isReplayed: boolean;
  readonly video: Video;
}

async function post(body: unknown, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const answer = await fetch(`${running.service.url}/videos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const isReplayed = answer.headers.get('idempotency-replayed') === 'true';
  return { status: answer.status, isReplayed, video: (await answer.json()) as Video };
}

function signedBy(accessKey: string): Readonly<Record<string, string>> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20261123/us-east-1/execute-api/aws4_request`,
  };
}

/** Counts the executions, and the creates that MiniMax received, from now on. */
function counter(): () => { readonly executions: number; readonly creates: number } {
  const { service, simulator } = running;
  const before = { executions: service.engine.executions.size, creates: simulator.creates.length };
  return () => ({
    executions: service.engine.executions.size - before.executions,
    creates: simulator.creates.length - before.creates,
  });
}

test('makes one execution and one create of ten requests at the same instant', async () => {
  const begun = counter();
  const headers = { 'idempotency-key': randomUUID() };
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(REQUEST, headers)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const [id, ...others] = new Set(answers.map(({ video }) => video.video_id));
  expect(others).toEqual([]);
  await running.endOf(id ?? '');
  expect(begun()).toEqual({ executions: 1, creates: 1 });
});

test('accepts one of ten bodies that arrive with one key at the same instant', async () => {
  const begun = counter();
  const headers = { 'idempotency-key': randomUUID() };
  const bodies = Array.from({ length: 10 }, (_, index) => ({ template_id: '1', metadata: { index } }));
  const answers = await Promise.all(bodies.map((body) => post(body, headers)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array(9).fill(422)]);
  expect(begun().executions).toBe(1);
  await running.endOf(answers.find(({ status }) => status === 202)?.video.video_id ?? '');
});

test('answers the same video while it runs and after it has ended', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const first = await post(REQUEST, headers);
  const { video_id } = first.video;
  expect(first).toMatchObject({ status: 202, isReplayed: false });
  expect(await post(REQUEST, headers)).toMatchObject({ status: 202, isReplayed: true, video: { video_id } });
  await running.endOf(video_id);
  const begun = counter();
  expect(await post(REQUEST, headers)).toMatchObject({
    status: 202,
    isReplayed: true,
    video: { video_id, status: 'succeeded', video: { url: expect.any(String) } },
  });
  expect(begun()).toEqual({ executions: 0, creates: 0 });
});

test('answers with the failure of a failed video, and pays for nothing again', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  running.simulator.script({ create: { reply: 'lost' } });
  const { video } = await post(REQUEST, headers);
  await running.endOf(video.video_id);
  const begun = counter();
  expect(await post(REQUEST, headers)).toMatchObject({
    isReplayed: true,
    video: { status: 'failed', error: { type: 'SubmitOutcomeUnknown' } },
  });
  expect(begun()).toEqual({ executions: 0, creates: 0 });
});

test('refuses another body under the key, while the video runs and after it has ended', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const { video } = await post(REQUEST, headers);
  const other = { ...REQUEST, text_inputs: [{ value: 'Tiger' }] };
  const another = { ...REQUEST, media_inputs: [{ value: toDataUrl(pngOf(302, 302)) }] };
  expect(await post(other, headers)).toMatchObject({ status: 422 });
  await running.endOf(video.video_id);
  expect(await post(other, headers)).toMatchObject({ status: 422 });
  expect(await post(another, headers)).toMatchObject({ status: 422 });
});

test('refuses JSON of 100,000 levels under a used key as without one', async () => {
  const key = randomUUID();
  const { video } = await post(REQUEST, { 'idempotency-key': key });
  await running.endOf(video.video_id);
  const begun = counter();
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    const body = `${JSON.stringify(REQUEST).slice(0, -1)},"metadata":{"a":${deep}}}`;
    const used: Record<string, string>[] = [
      { 'idempotency-key': key },
      { 'idempotency-key': randomUUID() },
      {},
    ];
    for (const headers of used)
      expect(await post(body, headers)).toMatchObject({ status: 400, isReplayed: false });
  }
  expect(begun()).toEqual({ executions: 0, creates: 0 });
});

test('takes two bodies as equal that differ in the order of their fields and in spaces', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const { template_id, media_inputs, text_inputs } = REQUEST;
  const { video } = await post(
    { template_id, media_inputs, text_inputs, metadata: { a: 1, b: [2] } },
    headers,
  );
  const shuffled = { metadata: { b: [2], a: 1 }, text_inputs, media_inputs, template_id };
  expect(await post(JSON.stringify(shuffled, null, 4), headers)).toMatchObject({
    isReplayed: true,
    video: { video_id: video.video_id },
  });
});

test.each([
  ['identity', signedBy('AKIAONE'), signedBy('AKIATWO')],
  ['API key', { 'x-api-key': 'one' }, { 'x-api-key': 'two' }],
])('keeps the keys of one caller apart from those of another, by %s', async (_what, one, two) => {
  const key = { 'idempotency-key': randomUUID() };
  const first = await post(REQUEST, { ...key, ...one });
  const second = await post(REQUEST, { ...key, ...two });
  expect(second.isReplayed).toBe(false);
  expect(second.video.video_id).not.toBe(first.video.video_id);
  expect(await post(REQUEST, { ...key, ...one })).toMatchObject({
    isReplayed: true,
    video: { video_id: first.video.video_id },
  });
});

test('makes a new video of each request without a key, with ids that sort by time', async () => {
  const ids = [];
  for (let count = 0; count < 5; count += 1) ids.push((await post(REQUEST, {})).video.video_id);
  expect(new Set(ids).size).toBe(5);
  expect(ids.toSorted()).toEqual(ids);
});
