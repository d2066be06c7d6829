import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { problemSchema, type Video } from '../../lambdas/core/api/response.ts';
import { CALLS } from '../../lambdas/core/api/routes.ts';
import { pngOf, toDataUrl } from '../harness/images.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { type ApiCaller, environmentOf, onHandlers, overHttp } from './api-caller.ts';
import { BAD_JSON } from './rows/bad-json.ts';
import { BAD_REQUESTS } from './rows/bad-requests.ts';
import { GATEWAY_ROWS } from './rows/gateway.ts';
import { HISTORIES } from './rows/histories.ts';
import { JSON_HEADERS, type Row, type Videos } from './rows/row.ts';
import { STARTED } from './rows/started.ts';
import { UPLOADS } from './rows/uploads.ts';
import { VIDEOS } from './rows/videos.ts';

const ROWS: readonly Row[] = [...STARTED, ...BAD_JSON, ...BAD_REQUESTS, ...VIDEOS, ...HISTORIES, ...UPLOADS];

/** Longer than the test, so that a waiting video keeps waiting. */
const A_LONG_TIME_MS = 600_000;

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService({ pauseMs: A_LONG_TIME_MS });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await running.stop();
});

describe.each([
  ['the handlers', (service: RunningService) => onHandlers(environmentOf(service))],
  ['the local gateway', async (service: RunningService) => overHttp(service)],
])('%s', (_name, connect) => {
  let caller: ApiCaller;
  let videos: Videos;
  beforeAll(async () => {
    caller = await connect(running);
    videos = await makeVideos();
  });

  test.each(ROWS)('$name', async (row) => {
    const { executions } = running.service.engine;
    const before = executions.size;
    const answer = await caller.call(row.request(videos, caller.base));
    expect(executions.size - before).toBe(row.starts ?? 0);
    expect({ status: answer.status, body: JSON.parse(answer.text) }).toMatchObject(expected(row));
    expect(answer.headers).toMatchObject({
      'content-type': row.problem === undefined ? 'application/json' : 'application/problem+json',
      ...row.headers,
    });
    if (row.problem !== undefined)
      expect(problemSchema.safeParse(JSON.parse(answer.text))).toMatchObject({ success: true });
  });

  test('takes an inline image of four megabytes', async () => {
    const image = Buffer.concat([pngOf(400, 400), Buffer.alloc(4_000_000)]);
    const body = JSON.stringify({ ...REQUEST, media_inputs: [{ value: toDataUrl(image) }] });
    const answer = await caller.call({ method: 'POST', path: '/videos', headers: JSON_HEADERS, body });
    expect(answer.status).toBe(202);
    const { input = '' } = running.service.engine.executions.get(JSON.parse(answer.text).video_id) ?? {};
    expect(input.length).toBeLessThan(500);
  });

  test.each([
    [
      '400,000 unknown fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 400_000 }, (_, n) => [`k${n}`, 1]))),
    ],
    ['a million wrong items', `{"template_id":"1","media_inputs":[${'1,'.repeat(1_000_000)}1]}`],
    [
      '250,000 inline images',
      `{"template_id":"1","media_inputs":[${'{"value":"data:,"},'.repeat(250_000)}1]}`,
    ],
    ['lists in lists', `${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}`],
    ['a field with a long name', JSON.stringify({ template_id: '1', ['x'.repeat(5_000_000)]: 1 })],
  ])('answers %s shortly', async (_what, body) => {
    const answer = await caller.call({ method: 'POST', path: '/videos', headers: JSON_HEADERS, body });
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(50_000);
    expect(problemSchema.safeParse(JSON.parse(answer.text))).toMatchObject({ success: true });
  });

  test('leads to the video by its Location', async () => {
    const body = JSON.stringify(REQUEST);
    const posted = await caller.call({ method: 'POST', path: '/videos', headers: JSON_HEADERS, body });
    expect(posted.headers.location).toBe(`${caller.base}/videos/${JSON.parse(posted.text).video_id}`);
  });

  test('leads through the whole list by its cursors', async () => {
    const all = await caller.call({ method: 'GET', path: '/videos', query: 'limit=100' });
    const ids: string[] = [];
    let cursor = '';
    do {
      const answer = await caller.call({ method: 'GET', path: '/videos', query: `limit=3${cursor}` });
      const { videos: page, next_cursor } = JSON.parse(answer.text);
      ids.push(...page.map(({ video_id }: { readonly video_id: string }) => video_id));
      cursor = next_cursor === undefined ? '' : `&cursor=${next_cursor}`;
    } while (cursor !== '');
    expect(ids).toEqual(
      JSON.parse(all.text).videos.map(({ video_id }: { readonly video_id: string }) => video_id),
    );
  });
});

test('has a row for each call that is accepted', () => {
  const id = '{video_id}';
  const videos: Videos = { ready: id, failed: id, running: id, stoppable: id, bucket: 'videos' };
  const accepted = ROWS.filter(({ status }) => status < 300).map((row) => row.request(videos, ''));
  const calls = new Set(accepted.map(({ method, path }) => `${method} ${path}`));
  expect([...calls].sort()).toEqual(
    Object.values(CALLS)
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  );
});

test.each(GATEWAY_ROWS)('answers $name without a function', async (row) => {
  const caller = overHttp(running);
  const answer = await caller.call(row.request({} as Videos, caller.base));
  expect({ status: answer.status, body: JSON.parse(answer.text) }).toMatchObject(expected(row));
  expect(answer.headers['content-type']).toBe('application/problem+json');
});

test('says where a request of more than 6 MB has to go', async () => {
  const image = Buffer.concat([pngOf(400, 400), Buffer.alloc(5_000_000)]);
  const body = JSON.stringify({ ...REQUEST, media_inputs: [{ value: toDataUrl(image) }] });
  const before = running.service.engine.executions.size;
  const answer = await overHttp(running).call({
    method: 'POST',
    path: '/videos',
    headers: JSON_HEADERS,
    body,
  });
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.text)).toMatchObject({
    type: 'urn:template-video:problem:request-too-large',
    status: 413,
    detail: expect.stringMatching(/at most 6 MB in all.*POST \/uploads/),
  });
  expect(running.service.engine.executions.size).toBe(before);
});

function expected({ status, problem: kind, body = {} }: Row): object {
  if (kind === undefined) return { status, body };
  return { status, body: { type: `urn:template-video:problem:${kind}`, status, ...body } };
}

/** An adopted task is checked without a wait before. */
async function makeVideos(): Promise<Videos> {
  const { simulator, service } = running;
  const adopt = (status: string): object => ({ task_id: simulator.makeTask({ queries: [status] }) });
  const [bucket = ''] = service.deployment.buckets;
  const { name: ready } = await running.run(adopt('Success'));
  const { name: failed } = await running.run(adopt('Fail'));
  const [waiting, stoppable] = await Promise.all([
    startWaiting(adopt('Processing')),
    startWaiting(adopt('Processing')),
  ]);
  return { ready, failed, running: waiting, stoppable, bucket };
}

/** Starts a video. @returns its id, once it has been checked and waits for the next check */
async function startWaiting(request: object): Promise<string> {
  const { video_id } = (await (await running.post(request)).json()) as Video;
  for (;;) if ((await running.get(video_id)).state === 'Wait') return video_id;
}
