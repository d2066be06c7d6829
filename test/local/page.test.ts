import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { AcceptedVideo } from '../../lambdas/core/api/response.ts';
import { MINIMAX_HEADER, SIMULATED } from '../../lambdas/core/api/simulated.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { sendRaw } from './access/raw-http.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

function ask(path: string, init?: RequestInit, at = running): Promise<Response> {
  return fetch(`${at.service.url}${path}`, init);
}

/** @param path sent unchanged, which `fetch` does not do */
function raw(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const { url } = running.service;
  const all = { host: new URL(url).host, connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return sendRaw(url, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

describe('the page of the local service', () => {
  const FILES = [
    ['/', 'text/html; charset=utf-8'],
    ['/?x=1', 'text/html; charset=utf-8'],
    ['/page/main.js', 'text/javascript; charset=utf-8'],
    ['/page/style.css', 'text/css; charset=utf-8'],
    ['/page/icon.svg', 'image/svg+xml'],
    ['/page/pet.jpg', 'image/jpeg'],
    ['/page/none.js', null],
    ['/page/__proto__', null],
    ['/page/..', null],
  ] as const;

  test.each(FILES)('gives %s with its type, and allows nothing inline or foreign', async (path, type) => {
    // `fetch` would drop the dots.
    const { status, text } = await raw(path);
    expect(status).toBe(type === null ? 404 : 200);
    const [head = ''] = text.toLowerCase().split('\r\n\r\n');
    const headers = Object.fromEntries(head.split('\r\n').map((line) => line.split(/: (.*)/, 2)));
    if (type !== null) expect(headers['content-type']).toBe(type);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY'.toLowerCase(),
      'cache-control': 'no-store',
    });
    expect(head).not.toContain('access-control-');
  });

  test('has nothing inline and nothing of another host in it, and says that the service has events', async () => {
    const html = await (await ask('/')).text();
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:\/\//i);
    expect(html).toMatch(/<body data-service="[0-9a-f]{16}" data-events="yes">/);
  });

  test('answers HEAD as GET, without the file', async () => {
    const [got, head] = [await ask('/page/main.js'), await ask('/page/main.js', { method: 'HEAD' })];
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String((await got.arrayBuffer()).byteLength));
    expect(await head.text()).toBe('');
  });

  test('has no page for another method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      for (const path of ['/', '/page/main.js']) {
        const answer = await ask(path, { method, headers: JSON_TYPE, body: '{}' });
        expect([method, path, answer.status]).toEqual([method, path, 403]);
        expect(await answer.text()).not.toMatch(/<html/);
      }
  });

  test('can be led to from another site, and not be framed, read or loaded by one', async () => {
    const from = (site: string, dest: string, path = '/') =>
      raw(path, { 'sec-fetch-site': site, 'sec-fetch-dest': dest, 'sec-fetch-mode': 'navigate' });
    for (const site of ['cross-site', 'same-site', 'none', 'same-origin'])
      expect((await from(site, 'document')).status).toBe(200);
    for (const dest of ['iframe', 'frame', 'embed', 'object', 'script', 'style', 'image', 'empty', 'worker'])
      for (const site of ['cross-site', 'same-site'])
        for (const path of ['/', '/page/main.js']) {
          const { status } = await from(site, dest, path);
          expect([dest, site, path, status]).toEqual([dest, site, path, 403]);
        }
    for (const path of ['/videos', '/templates', '/workflow', '/videos/v1/events'])
      expect((await from('cross-site', 'document', path)).status).toBe(403);
    const origin = {
      origin: 'https://evil.test',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-dest': 'document',
    };
    expect((await raw('/', origin)).status).toBe(403);
  });
});

/** Follows the events of a video, which stays open until it is closed or the test ends. */
async function follow(videoId: string, headers: Readonly<Record<string, string>> = {}, at = running) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = get(`${at.service.url}/videos/${videoId}/events`, { headers, agent: false }, resolve);
  request.on('error', reject);
  onTestFinished(() => void request.destroy());
  const answer = await promise;
  let received = '';
  answer.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  answer.on('error', () => undefined);
  return {
    status: answer.statusCode,
    headers: answer.headers,
    changes: () => received.split('event: change\ndata: {}\n\n').length - 1,
    text: () => received,
    isOver: () => answer.closed,
    close: () => void request.destroy(),
  };
}

async function start(headers: Readonly<Record<string, string>> = {}, at = running): Promise<string> {
  at.simulator.script({ queries: ['Processing'] });
  return ((await (await at.post(REQUEST, headers)).json()) as AcceptedVideo).video_id;
}

async function finish(videoId: string, at = running): Promise<void> {
  const { taskId = '' } = at.simulator.creates.at(-1) ?? {};
  at.simulator.finish(taskId);
  await at.endOf(videoId);
}

describe('the events of a video', () => {
  test('tell of each change to its end, and of no other video', async () => {
    const video = await start();
    const events = await follow(video);
    expect(events.status).toBe(200);
    expect(events.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    await expect.poll(events.changes).toBeGreaterThan(3);
    expect(events.text()).toMatch(/^retry: 2000\n\n/);
    await finish(video);
    const ended = running.service.engine.executions.get(video)?.status;
    expect(ended).toBe('SUCCEEDED');
    const other = await start();
    const others = await follow(other);
    const [before, all] = [others.changes(), events.changes()];
    await expect.poll(others.changes).toBeGreaterThan(before + 5);
    expect(events.changes()).toBe(all);
    await finish(other);
    expect(events.text().replaceAll('event: change\ndata: {}\n\n', '')).toBe('retry: 2000\n\n');
  });

  test('are for the owner alone: another one gets the 404 of an unknown video', async () => {
    const owner = {
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIAOWNER/20261123/us-east-1/execute-api/aws4_request',
    };
    const video = await start(owner);
    expect((await follow(video, owner)).status).toBe(200);
    const key = { 'x-api-key': 'another-owner' };
    for (const [id, headers] of [
      [video, {}],
      [video, key],
      ['unknown', owner],
    ] as const) {
      const events = await ask(`/videos/${id}/events`, { headers });
      const video = await ask(`/videos/${id}`, { headers });
      expect(events.status).toBe(404);
      expect(events.headers.get('content-type')).toBe(video.headers.get('content-type'));
      expect(await events.json()).toEqual(await video.json());
    }
    await finish(video);
  });

  test('belong to the id of a video alone', async () => {
    for (const id of ['..', '%2e%2e', '.', '%2e', '..\\templates', '%ff', '%00', '..%2ftemplates', '']) {
      const { status } = await raw(`/videos/${id}/events`);
      expect([id, status]).toSatisfy(([, code]) => code === 403 || code === 404);
    }
    expect((await ask('/videos/v1/events', { method: 'POST', headers: JSON_TYPE, body: '{}' })).status).toBe(
      403,
    );
  });

  test('have at most 200 followers, also where the last come at once, and free places again', async () => {
    const video = await start();
    const come = (count: number) => Promise.all(Array.from({ length: count }, () => follow(video)));
    // The API answers some hundred calls at once.
    const followers = [];
    for (const count of [60, 60, 60, 50]) followers.push(...(await come(count)));
    expect(followers.filter(({ status }) => status === 200)).toHaveLength(200);
    const refused = followers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(30);
    expect(refused[0]?.headers['retry-after']).toBe('5');
    for (const { close } of followers) close();
    await expect.poll(async () => (await follow(video)).status).toBe(200);
    await finish(video);
  });

  test('do not keep the service from stopping', async () => {
    const other = await startRunningService();
    const video = await start({}, other);
    const events = await follow(video, {}, other);
    await other.stop();
    await expect.poll(events.isOver).toBe(true);
  });
});

describe('a request that counts on the simulated MiniMax', () => {
  const counting = { ...JSON_TYPE, [MINIMAX_HEADER]: SIMULATED };

  test('is rejected by a service with the real one, and starts nothing', async () => {
    const before = running.simulator.creates.length;
    for (const [path, init] of [
      ['/videos', { method: 'POST', body: JSON.stringify(REQUEST) }],
      ['/videos', {}],
      ['/templates', {}],
      ['/videos/v1/events', {}],
    ] as const) {
      const answer = await ask(path, { ...init, headers: counting });
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.headers.get(MINIMAX_HEADER)).toBeNull();
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('Nothing was started.') });
    }
    expect(running.simulator.creates).toHaveLength(before);
    expect((await ask('/')).status).toBe(200);
  });

  test('is accepted by a service that says of itself that it simulates', async () => {
    const simulated = await startRunningService({ isSimulated: true });
    onTestFinished(() => simulated.stop());
    const answer = await simulated.post(REQUEST, counting);
    expect([answer.status, answer.headers.get(MINIMAX_HEADER)]).toEqual([202, SIMULATED]);
    const { video_id } = (await answer.json()) as AcceptedVideo;
    await simulated.endOf(video_id);
    for (const path of ['/templates', `/videos/${video_id}`, '/videos/unknown'])
      expect((await ask(path, {}, simulated)).headers.get(MINIMAX_HEADER)).toBe(SIMULATED);
  });
});
