import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Upload, Video } from '../../lambdas/core/api/response.ts';
import { IMAGE_LIMIT_BYTES } from '../../lambdas/core/image/limits.ts';
import { AS_CALLER, type SignedFront, startSignedFront } from '../api/signed-front.ts';
import { pngOf } from '../harness/images.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { type Entered, enter, startPage } from './door.ts';
import { type Answer, type Recorder, sendJson, startRecorder } from './recorder.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const OFFER = { method: 'POST', headers: JSON_TYPE, body: '{"content_type":"image/png","bytes":3}' };

describe('before a service that takes signed requests only', () => {
  let running: RunningService;
  let front: SignedFront;
  beforeAll(async () => {
    running = await startRunningService();
    front = await startSignedFront(running.service.url);
  });
  afterAll(async () => {
    await front.stop();
    await running.stop();
  });

  test('gives the file of a video, whole and in parts, and nothing of another owner', async () => {
    const { ask } = await enter(await startPage(front.url));
    const { name } = await running.run(REQUEST, undefined, AS_CALLER);
    const { video } = (await (await ask(`videos/${name}`)).json()) as Video;
    const stored = Buffer.from(await (await fetch(video?.url ?? '')).arrayBuffer());
    expect(stored.length).toBe(video?.bytes);

    const whole = await ask(`videos/${name}/file`);
    expect([whole.status, whole.headers.get('content-length')]).toEqual([200, String(stored.length)]);
    expect(Buffer.from(await whole.arrayBuffer()).equals(stored)).toBe(true);
    const part = await ask(`videos/${name}/file`, { headers: { range: 'bytes=100-199' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${stored.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(stored.subarray(100, 200))).toBe(true);
    const behind = await ask(`videos/${name}/file`, { headers: { range: `bytes=${stored.length}-` } });
    expect(behind.status).toBe(416);

    for (const { headers } of [whole, part, behind])
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'video/mp4',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'no-store',
      });

    const foreign = await running.run(REQUEST);
    for (const id of [foreign.name, 'unknown'])
      for (const path of [`videos/${id}`, `videos/${id}/file`, `videos/${id}/history`])
        expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  test('takes an image of which a video is made, at an address that no one can guess', async () => {
    const { page, ask, inside } = await enter(await startPage(front.url));
    const image = new Uint8Array(pngOf(301, 301));
    const body = JSON.stringify({ content_type: 'image/png', bytes: image.length });
    const offer = (await (await ask('uploads', { ...OFFER, body })).json()) as Upload;
    const { url, method, headers } = offer.upload;
    expect(url.slice(0, -32)).toBe(`${page.url}${inside}uploads/`);
    expect(url.slice(-32)).toMatch(/^[\w-]{32}$/);
    const second = (await (await ask('uploads', { ...OFFER, body })).json()) as Upload;
    expect(second.upload.url).not.toBe(url);

    const stored = await fetch(url, { method, headers, body: image });
    expect(stored.status).toBe(200);
    const request = { ...REQUEST, media_inputs: [{ value: offer.value }] };
    const started = await ask('videos', {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify(request),
    });
    const { video_id } = (await started.json()) as Video;
    await running.endOf(video_id);
    expect(await (await ask(`videos/${video_id}`)).json()).toMatchObject({ status: 'succeeded' });
  });
});

/** A service whose answers the test gives, with the files that its links lead to. */
async function startWith(answer: Answer): Promise<{ service: Recorder } & Entered> {
  const service = await startRecorder(answer);
  return { service, ...(await enter(await startPage(service.url))) };
}

describe('the file of a video', () => {
  test('is only read by a link of S3 or of this machine, and no redirect of it is followed', async () => {
    const elsewhere = await startRecorder();
    let link: unknown;
    const { service, ask } = await startWith(({ call }, response) => {
      if (call === 'GET /videos/v1') return sendJson(response, 200, { video_id: 'v1', video: { url: link } });
      if (call === 'GET /moved') return void response.writeHead(302, { location: elsewhere.url }).end();
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<script>1</script>');
    });
    const links = [
      'http://evil.test/video.mp4',
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'data:text/html,<script>1</script>',
      'javascript:alert(1)',
      'ftp://127.0.0.1/video.mp4',
      '/video.mp4',
      '',
      17,
      null,
      undefined,
    ];
    for (link of links) expect([link, (await ask('videos/v1/file')).status]).toEqual([link, 404]);
    link = `${service.url}/moved`;
    expect((await ask('videos/v1/file')).status).toBe(502);
    expect(elsewhere.received).toEqual([]);

    link = `${service.url}/page.html`;
    const shown = await ask('videos/v1/file');
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    const { headers } = service.received.at(-1) ?? {};
    for (const name of ['authorization', 'x-amz-date', 'cookie']) expect(headers).not.toHaveProperty(name);
  });

  test('is a 404 where the service gives no video', async () => {
    const answers = [
      [404, {}],
      [403, {}],
      [500, {}],
      [200, { video: null }],
      [200, {}],
    ] as const;
    const waiting = [...answers];
    const { ask } = await startWith((_request, response) => {
      const [status, body] = waiting.shift() ?? [200, {}];
      sendJson(response, status, body);
    });
    for (const answer of answers)
      expect([answer, (await ask('videos/v1/file')).status]).toEqual([answer, 404]);
  });

  test('is a 502 where the link leads to nothing that answers, or the service does not give JSON', async () => {
    const gone = await startRecorder();
    await gone.stop();
    const bodies = [JSON.stringify({ video: { url: `${gone.url}/video.mp4` } }), 'no JSON', 'null'];
    const waiting = [...bodies];
    const { ask } = await startWith((_request, response) => {
      response.writeHead(200, JSON_TYPE).end(waiting.shift());
    });
    for (const body of bodies) expect([body, (await ask('videos/v1/file')).status]).toEqual([body, 502]);
  });

  test('ends where its sender does', async () => {
    const { service, ask } = await startWith(({ call }, response) => {
      if (call === 'GET /videos/v1')
        return sendJson(response, 200, { video: { url: `${service.url}/video.mp4` } });
      response.writeHead(200, { 'content-length': '1000' });
      return void response.write('half', () => response.destroy());
    });
    const answer = await ask('videos/v1/file');
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });
});

describe('an upload', () => {
  async function startUploads(stored = 200) {
    const put: string[] = [];
    let count = 0;
    const { service, ...entered } = await startWith(({ call, body }, response) => {
      if (call === 'POST /uploads') {
        count += 1;
        const upload = {
          method: 'PUT',
          url: `${service.url}/bucket/${count}?X-Amz-Signature=s`,
          headers: {},
        };
        return sendJson(response, 201, { value: `${count}`, upload });
      }
      put.push(body);
      return void response.writeHead(stored).end('<Code>Stored</Code>');
    });
    const offer = async (): Promise<string> =>
      ((await (await entered.ask('uploads', OFFER)).json()) as Upload).upload.url;
    return { service, put, offer, ...entered };
  }

  test('needs no cookie, and goes to S3 without it and with its own headers only', async () => {
    const { service, offer, cookie } = await startUploads();
    const url = await offer();
    const headers = {
      'content-type': 'image/png',
      'x-amz-meta-a': 'b',
      cookie,
      authorization: 'mine',
      'x-other': 'c',
    };
    const answer = await fetch(url, { method: 'PUT', headers, body: 'abc' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain']);
    const got = service.received.at(-1);
    expect(got?.headers).toMatchObject({ 'content-type': 'image/png', 'x-amz-meta-a': 'b' });
    for (const name of ['cookie', 'authorization', 'x-other']) expect(got?.headers).not.toHaveProperty(name);
  });

  test('is taken at an offered address alone, and as a PUT alone', async () => {
    const { put, offer, page, inside, cookie } = await startUploads();
    const url = await offer();
    const wrong = [
      [`${url}x`, 'PUT'],
      [url.slice(0, -1), 'PUT'],
      [`${page.url}${inside}uploads/`, 'PUT'],
      [`${page.url}${inside}uploads/__proto__`, 'PUT'],
      [url.replace(inside, '/'), 'PUT'],
      [url, 'GET'],
      [url, 'POST'],
      [url, 'DELETE'],
    ] as const;
    for (const [where, method] of wrong) {
      const answer = await fetch(where, {
        method,
        headers: { cookie },
        ...(method === 'GET' ? {} : { body: 'abc' }),
      });
      expect([where, method, answer.status]).toEqual([where, method, where.includes(inside) ? 404 : 403]);
    }
    const foreign: readonly Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign)
      expect((await fetch(url, { method: 'PUT', headers, body: 'abc' })).status).toBe(403);
    expect(put).toEqual([]);
    expect((await fetch(url, { method: 'PUT', body: 'abc' })).status).toBe(200);
    expect(put).toEqual(['abc']);
  });

  test('is at most as long as an image may be', async () => {
    const { put, offer } = await startUploads();
    const body = new Uint8Array(IMAGE_LIMIT_BYTES + 1);
    const answer = await fetch(await offer(), { method: 'PUT', body });
    expect(answer.status).toBe(413);
    expect(put).toEqual([]);
  });

  test('gives the answer of S3, and 502 for none', async () => {
    const { offer } = await startUploads(403);
    const refused = await fetch(await offer(), { method: 'PUT', body: 'abc' });
    expect([refused.status, await refused.text()]).toEqual([403, '<Code>Stored</Code>']);
    const gone = await startUploads();
    const url = await gone.offer();
    await gone.service.stop();
    expect((await fetch(url, { method: 'PUT', body: 'abc' })).status).toBe(502);
  });

  test('follows no redirect', async () => {
    const elsewhere = await startRecorder();
    const { service, ask } = await startWith(({ call }, response) => {
      if (call !== 'POST /uploads')
        return void response.writeHead(307, { location: `${elsewhere.url}/` }).end();
      const upload = { method: 'PUT', url: `${service.url}/bucket/1`, headers: {} };
      return sendJson(response, 201, { value: '1', upload });
    });
    const { upload } = (await (await ask('uploads', OFFER)).json()) as Upload;
    expect((await fetch(upload.url, { method: 'PUT', body: 'abc' })).status).toBe(502);
    expect(elsewhere.received).toEqual([]);
  });

  test('has one of the last hundred addresses', async () => {
    const { offer } = await startUploads();
    const urls = [];
    for (let number = 0; number < 101; number += 1) urls.push(await offer());
    const status = async (url = ''): Promise<number> =>
      (await fetch(url, { method: 'PUT', body: 'a' })).status;
    expect(await Promise.all([status(urls[0]), status(urls[1]), status(urls[100])])).toEqual([404, 200, 200]);
  });

  test('that the service refuses is passed on as it is', async () => {
    const { ask } = await startWith((_request, response) =>
      sendJson(response, 400, { detail: 'Too large.' }),
    );
    const answer = await ask('uploads', OFFER);
    expect([answer.status, await answer.json()]).toEqual([400, { detail: 'Too large.' }]);
  });
});
