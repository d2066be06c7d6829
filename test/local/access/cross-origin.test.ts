import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Upload, Video } from '../../../lambdas/core/api/response.ts';
import { CALLS } from '../../../lambdas/core/api/routes.ts';
import { pngOf } from '../../harness/images.ts';
import { REQUEST, type RunningService, startRunningService } from '../../harness/running-service.ts';
import { callsOf, toBytes } from './calls.ts';
import { sendRaw } from './raw-http.ts';

const LISTED = 'https://app.example.com';
const LOCAL = 'http://127.0.0.1:5173';
const OTHER = 'https://app.example.com.evil.test';

let running: RunningService;
let closed: RunningService;
beforeAll(async () => {
  running = await startRunningService({ settings: { further: { corsOrigins: `${LISTED},${LOCAL}` } } });
  closed = await startRunningService();
});
afterAll(async () => {
  await running.stop();
  await closed.stop();
});

const JSON_TYPE = { 'content-type': 'application/json' };

interface Asked {
  readonly method?: string;
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly at?: RunningService;
}

/** @param where a path of the API, or an address */
function ask(
  where: string,
  { origin = LISTED, headers, at = running, ...rest }: Asked = {},
): Promise<Response> {
  return fetch(new URL(where, at.service.url), { ...rest, headers: { origin, ...headers } });
}

function preflight(where: string, method: string, names = '', rest: Asked = {}): Promise<Response> {
  const headers = {
    'access-control-request-method': method,
    ...(names === '' ? {} : { 'access-control-request-headers': names }),
  };
  return ask(where, { method: 'OPTIONS', headers, ...rest });
}

const corsOf = ({ headers }: Response): Readonly<Record<string, string>> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

const ADMITTED = {
  'access-control-allow-origin': LISTED,
  'access-control-expose-headers': 'idempotency-replayed,location,retry-after,x-amzn-requestid',
};

const PATHS = [...new Set(Object.values(CALLS).map(({ path }) => path))];

describe('a preflight', () => {
  test.each(PATHS)('for %s names its methods and the headers of the API to a listed origin', async (path) => {
    const answer = await preflight(path.replace('{video_id}', 'v1'), 'GET', 'authorization');
    const methods = Object.values(CALLS).filter((call) => call.path === path);
    expect([answer.status, answer.headers.get('vary')]).toEqual([204, 'Origin']);
    expect(corsOf(answer)).toEqual({
      'access-control-allow-origin': LISTED,
      'access-control-allow-headers':
        'authorization,content-type,idempotency-key,x-amz-content-sha256,x-amz-date,x-amz-security-token,x-api-key',
      'access-control-allow-methods': methods.map(({ method }) => method).join(','),
      'access-control-max-age': '600',
    });
  });

  test.each(PATHS)('for %s gets nothing from another origin, or without the setting', async (path) => {
    const where = path.replace('{video_id}', 'v1');
    for (const rest of [{ origin: OTHER }, { origin: 'null' }, { at: closed }]) {
      const answer = await preflight(where, 'GET', '', rest);
      expect([answer.status, corsOf(answer)]).toEqual([403, {}]);
    }
  });

  test('for the callbacks of MiniMax, for the protocols of AWS and for no path is rejected', async () => {
    for (const path of ['/callbacks/v1/token', '/', '/nothing']) {
      const answer = await preflight(path, 'POST', 'x-amz-target');
      expect(answer.status).toBe(403);
      expect(answer.headers.has('access-control-allow-headers')).toBe(false);
    }
  });
});

describe('an answer', () => {
  test.each<[number, string, Asked]>([
    [200, '/templates', {}],
    [400, '/videos', { method: 'POST', headers: JSON_TYPE, body: '{' }],
    [403, '/nothing', {}],
    [403, '/videos', { method: 'PUT', headers: JSON_TYPE, body: '{}' }],
    [404, '/videos/unknown', {}],
    [413, '/videos', { method: 'POST', headers: JSON_TYPE, body: 'a'.repeat(7_000_000) }],
    [415, '/videos', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }],
  ])('with status %d of %s can be read by a page of a listed origin', async (status, path, asked) => {
    const answer = await ask(path, asked);
    expect([answer.status, answer.headers.get('vary'), corsOf(answer)]).toEqual([status, 'Origin', ADMITTED]);
  });

  test('that MiniMax or AWS is busy can be read, too', async () => {
    const full = await startRunningService({
      maxWorkers: 1,
      settings: { further: { corsOrigins: LISTED } },
    });
    try {
      const all = Array.from({ length: 130 }, () => ask('/templates', { at: full }));
      const answers = await Promise.all(all);
      const throttled = answers.filter(({ status }) => status === 429);
      expect(throttled.length).toBeGreaterThan(0);
      for (const answer of throttled) expect(corsOf(answer)).toEqual(ADMITTED);
    } finally {
      await full.stop();
    }
  });

  test('of another origin, or without the setting, is a rejection without CORS headers', async () => {
    const rows: readonly Asked[] = [
      ...['https://evil.test', OTHER, 'null', '', 'http://app.example.com', `${LISTED}:8443`, '*'].map(
        (origin) => ({ origin }),
      ),
      { at: closed },
    ];
    for (const row of rows) {
      const started = (row.at ?? running).simulator.creates.length;
      for (const asked of [
        row,
        { ...row, method: 'POST', headers: JSON_TYPE, body: JSON.stringify(REQUEST) },
      ]) {
        const answer = await ask('/videos', asked);
        expect([answer.status, corsOf(answer)]).toEqual([403, {}]);
      }
      expect((row.at ?? running).simulator.creates).toHaveLength(started);
    }
  });

  test('without a page has no CORS headers', async () => {
    const answer = await fetch(`${running.service.url}/templates`);
    expect([answer.status, answer.headers.get('vary'), corsOf(answer)]).toEqual([200, 'Origin', {}]);
    expect((await fetch(`${closed.service.url}/templates`)).headers.has('vary')).toBe(false);
  });
});

describe('the bucket', () => {
  const s3 = () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } =
      running.service.environment;
    return new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1', retries: 0 });
  };
  const addressOf = (key: string): string =>
    `${running.service.url}/${running.service.deployment.buckets[0]}/${key}`;
  const linkTo = async (key: string, method: string): Promise<string> =>
    (await s3().sign(addressOf(key), { method, aws: { signQuery: true } })).url;

  /** An address for an image, as a page asks for it. */
  async function uploadOf(bytes: Uint8Array): Promise<Upload['upload']> {
    const body = JSON.stringify({ content_type: 'image/png', bytes: bytes.length });
    const answer = await ask('/uploads', { method: 'POST', headers: JSON_TYPE, body });
    return ((await answer.json()) as Upload).upload;
  }

  test('takes an image by its link from a page of a listed origin', async () => {
    const image = new Uint8Array(pngOf(301, 301));
    const { url, headers } = await uploadOf(image);
    const asked = await preflight(url, 'PUT', 'content-type');
    expect([asked.status, corsOf(asked)]).toMatchObject([
      200,
      {
        'access-control-allow-origin': LISTED,
        'access-control-allow-methods': 'PUT',
        'access-control-allow-headers': 'content-type',
      },
    ]);
    const answer = await ask(url, { method: 'PUT', headers, body: image });
    expect([answer.status, corsOf(answer)]).toEqual([
      200,
      { 'access-control-allow-origin': LISTED, 'access-control-expose-headers': 'ETag' },
    ]);
  });

  test('gives a video by its link to a page of a listed origin, whole and in parts', async () => {
    const execution = await running.run(REQUEST);
    const { video } = (await (await ask(`/videos/${execution.name}`)).json()) as Video;
    const whole = await ask(video?.url ?? '');
    expect([whole.status, whole.headers.get('vary')]).toEqual([
      200,
      'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    ]);
    expect(corsOf(whole)).toEqual({
      'access-control-allow-origin': LISTED,
      'access-control-expose-headers':
        'Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag',
    });
    expect((await whole.arrayBuffer()).byteLength).toBe(video?.bytes);
    const part = await ask(video?.url ?? '', { headers: { range: 'bytes=0-9' } });
    expect([part.status, corsOf(part)['access-control-allow-origin']]).toEqual([206, LISTED]);
    await part.arrayBuffer();
    const head = await ask(await linkTo(`videos/${execution.name}/video.mp4`, 'HEAD'), { method: 'HEAD' });
    expect([head.status, corsOf(head)['access-control-allow-origin']]).toEqual([200, LISTED]);
    const missing = await ask(await linkTo('videos/none', 'GET'));
    expect([missing.status, corsOf(missing)['access-control-allow-origin']]).toEqual([404, LISTED]);
  });

  test('gives no page of another origin anything by a link', async () => {
    const { url, headers } = await uploadOf(new Uint8Array(3));
    for (const asked of [
      await preflight(url, 'PUT', '', { origin: OTHER }),
      await ask(url, { method: 'PUT', headers, body: new Uint8Array(3), origin: OTHER }),
      await ask(await linkTo('videos/v1/job.json', 'GET'), { origin: OTHER }),
    ])
      expect([asked.status, corsOf(asked)]).toEqual([403, {}]);
  });

  test('admits no other method, header or signature from a page of a listed origin', async () => {
    const key = 'videos/v1/job.json';
    const signed = await s3().sign(addressOf(key), { headers: { origin: LISTED } });
    const rows: readonly Response[] = [
      await preflight(addressOf(key), 'DELETE'),
      await preflight(addressOf(key), 'PUT', 'x-amz-acl'),
      await preflight(addressOf(''), 'GET', 'authorization'),
      await ask(await linkTo(key, 'DELETE'), { method: 'DELETE' }),
      await ask(addressOf(key)),
      await ask(addressOf(''), { headers: Object.fromEntries(signed.headers) }),
      await fetch(signed),
    ];
    expect(rows.map(({ status }) => status)).toEqual(rows.map(() => 403));
  });
});

test('rejects every call for AWS from a page of a listed origin, signed as it is', async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } =
    running.service.environment;
  const calls = callsOf(running).filter(({ service }) => service !== undefined);
  expect(calls.length).toBeGreaterThan(5);
  for (const call of calls) {
    const bytes = await toBytes(call, { accessKeyId, secretAccessKey }, { headers: { origin: LISTED } });
    const { status, text } = await sendRaw(call.url, bytes);
    expect([call.name, status]).toEqual([call.name, 403]);
    expect(text).not.toMatch(/access-control-/i);
  }
});

test('rejects a form and a wrong Host also from a page of a listed origin', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await ask('/videos', { method: 'POST', headers: form, body: 'a=1' })).status).toBe(415);
  const bytes = `GET /templates HTTP/1.1\r\nhost: evil.test\r\norigin: ${LISTED}\r\n\r\n`;
  expect((await sendRaw(running.service.url, bytes)).status).toBe(403);
});
