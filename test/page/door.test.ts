import { describe, expect, test } from 'vitest';
import { MINIMAX_HEADER, SIMULATED } from '../../lambdas/core/api/simulated.ts';
import { CREDENTIALS, startSignedFront } from '../api/signed-front.ts';
import { sendRaw } from '../local/access/raw-http.ts';
import { enter, startPage } from './door.ts';
import { sendJson, startRecorder } from './recorder.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A page server before a service that takes signed requests only. Nothing that the front refuses reaches the service. */
async function startAll() {
  const service = await startRecorder();
  const front = await startSignedFront(service.url);
  const page = await startPage(front.url);
  return { service, front, entered: await enter(page), stop: () => front.stop() };
}

/** @param path sent unchanged, which `fetch` does not do */
function raw(url: string, method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const lines = Object.entries({ host: new URL(url).host, connection: 'close', ...headers }).map(
    (each) => `${each.join(': ')}\r\n`,
  );
  return sendRaw(url, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

describe('the door', () => {
  test('opens for the token alone, with a strict cookie of a random path', async () => {
    const { url } = await startRecorder();
    const [page, other] = [await startPage(url), await startPage(url)];
    const answer = await fetch(page.address);
    expect(answer.status).toBe(200);
    const { inside } = await enter(page);
    expect(inside).toMatch(/^\/[\w-]{22}\/$/);
    expect(answer.headers.get('set-cookie')).toMatch(
      new RegExp(`^template-video=[\\w-]{43}; Path=${inside}; HttpOnly; SameSite=Strict$`),
    );
    const found = await enter(other);
    expect([found.inside, found.cookie, other.address]).not.toContain(inside);
    expect(found.cookie).not.toBe((await enter(page)).cookie);
    expect(new URL(page.address).searchParams.get('token')).toMatch(/^[\w-]{43}$/);
  });

  test('answers with a page that has no script, and tells no other site its address', async () => {
    const page = await startPage((await startRecorder()).url);
    const answer = await fetch(page.address);
    const html = await answer.text();
    expect(html).not.toMatch(/<script|\son\w+=|javascript:/i);
    expect(html).not.toContain(new URL(page.address).searchParams.get('token'));
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test('stays shut without the token, and without the cookie of this start', async () => {
    const service = await startRecorder();
    const [page, other] = [await startPage(service.url), await startPage(service.url)];
    const { inside, cookie } = await enter(page);
    const foreign = await enter(other);
    const token = page.address.split('=')[1] ?? '';
    const shut = [
      ['/', {}],
      ['/?token=', {}],
      [`/?token=${token.slice(1)}`, {}],
      [`/?token=${token}x`, {}],
      [`/?other=${token}`, {}],
      [other.address.slice(other.url.length), {}],
      [inside, {}],
      [inside, { cookie: 'template-video=' }],
      [inside, { cookie: foreign.cookie }],
      [inside, { cookie: `${cookie}x` }],
      [inside, { cookie: cookie.replace('template-video', 'other') }],
      [`${inside}videos`, {}],
      [`${inside}page/main.js`, {}],
      [inside.slice(0, -1), { cookie }],
      [foreign.inside, { cookie }],
      ['/videos', { cookie }],
      ['/page/main.js', { cookie }],
      ['//', { cookie }],
      ['/..', { cookie }],
      [`//x:99999${inside}`, { cookie }],
    ] as const;
    for (const [path, headers] of shut) {
      const { status, text } = await raw(page.url, 'GET', path, headers);
      expect([path, status]).toEqual([path, 403]);
      expect(text).not.toContain('set-cookie');
      expect(text).not.toContain(inside.slice(1, -1));
    }
    expect((await fetch(page.address, { method: 'POST', headers: JSON_TYPE })).status).toBe(403);
    expect(service.received).toEqual([]);
    expect((await raw(page.url, 'GET', inside, { cookie })).status).toBe(200);
    expect((await raw(page.url, 'GET', inside, { cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
  });

  test('stays shut for other sites, other names of this machine and forms, also with the cookie', async () => {
    const service = await startRecorder();
    const page = await startPage(service.url);
    const { inside, cookie } = await enter(page);
    const { port } = new URL(page.url);
    const rows = [
      ['GET', { origin: 'https://evil.test' }, 403],
      ['GET', { origin: `http://localhost:${port}` }, 403],
      ['GET', { origin: 'null' }, 403],
      ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }, 403],
      ['GET', { 'sec-fetch-site': 'same-site' }, 403],
      ['GET', { host: `evil.test:${port}` }, 403],
      ['GET', { host: '127.0.0.1:1' }, 403],
      ['GET', { host: `localhost:${port}` }, 308],
      ['POST', { origin: 'https://evil.test', 'content-length': '0', ...JSON_TYPE }, 403],
      ['POST', { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' }, 415],
      ['POST', { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '0' }, 415],
      ['POST', { origin: page.url, 'content-type': 'text/plain', 'content-length': '0' }, 415],
    ] as const;
    for (const path of [inside, `${inside}videos`])
      for (const [method, headers, expected] of rows) {
        const { status, text } = await raw(page.url, method, path, { cookie, ...headers });
        expect([path, headers, status]).toEqual([path, headers, expected]);
        expect(text).not.toContain('access-control-');
      }
    expect(service.received).toEqual([]);
  });

  test('lets a person in who follows the address from another program, and frames nothing', async () => {
    const page = await startPage((await startRecorder()).url);
    const path = page.address.slice(page.url.length);
    const from = (dest: string) =>
      raw(page.url, 'GET', path, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': dest });
    expect((await from('document')).status).toBe(200);
    for (const dest of ['iframe', 'script', 'image', 'empty']) expect((await from(dest)).status).toBe(403);
  });
});

describe('behind the door', () => {
  const CALLS = [
    ['GET', 'videos?limit=5', ''],
    ['POST', 'videos', '{"template_id":"1"}'],
    ['GET', 'videos/v1', ''],
    ['GET', 'videos/v%C3%A9lo', ''],
    ['DELETE', 'videos/v1', ''],
    ['GET', 'videos/v1/history?limit=1', ''],
    ['GET', 'workflow', ''],
    ['GET', 'templates', ''],
    ['GET', 'usage?by=day', ''],
  ] as const;

  test('each call of the API is signed, and nothing of the browser but what it needs is passed on', async () => {
    const { service, front, entered, stop } = await startAll();
    for (const [method, path, body] of CALLS) {
      const headers = {
        ...JSON_TYPE,
        'idempotency-key': 'key-1',
        'x-api-key': 'mine',
        'x-forwarded-for': 'a',
      };
      const answer = await entered.ask(path, { method, headers, ...(body === '' ? {} : { body }) });
      expect([path, answer.status]).toEqual([path, 200]);
      const got = service.received.at(-1);
      expect(got?.call).toBe(`${method} /${path}`);
      expect(got?.body).toBe(body);
      expect(got?.headers['idempotency-key']).toBe('key-1');
      for (const name of ['cookie', 'x-api-key', 'x-forwarded-for', 'referer', 'origin'])
        expect(got?.headers).not.toHaveProperty(name);
    }
    expect(front.refused()).toBe(0);
    await stop();
  });

  test('nothing else reaches the service', async () => {
    const { service, front, entered, stop } = await startAll();
    const { page, inside, cookie } = entered;
    const paths = [
      '..',
      '../videos',
      '%2e%2e',
      '%2e%2e/videos',
      './videos',
      '/videos',
      '//videos',
      'videos/',
      'videos//',
      'videos/..',
      'videos/%2e%2e',
      'videos/%2e%2e/file',
      'videos/../file',
      'videos/..%2f..%2fusage',
      'videos/..%2f..%2fusage/file',
      'videos/..\\..\\usage',
      'videos/..\\..\\usage/file',
      'videos/%ff',
      'videos/%ff/file',
      'videos/%00/file',
      'videos/v1/',
      'videos/v1/events',
      'videos/v1/history/',
      'videos/v1/history/x',
      'videos/v1/file/x',
      'videos/v1/history/../../usage',
      'callbacks/v1/token',
      'minimax/callback',
      'http://127.0.0.1/videos',
      'VIDEOS',
      'page/../videos',
      'page/none.js',
    ];
    for (const path of paths) {
      const { status } = await raw(page.url, 'GET', `${inside}${path}`, { cookie });
      expect([path, status]).toEqual([path, 404]);
    }
    for (const method of ['PUT', 'PATCH', 'OPTIONS', 'TRACE', 'HEAD'])
      for (const path of ['videos', 'videos/v1', 'uploads']) {
        const { status } = await raw(page.url, method, `${inside}${path}`, { cookie });
        expect([method, path, status]).toEqual([method, path, 404]);
      }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status } = await raw(page.url, method, `${inside}videos/v1/file`, {
        cookie,
        'content-length': '0',
      });
      expect([method, status]).toEqual([method, 404]);
    }
    expect(service.received.filter(({ call }) => call !== 'GET /templates')).toEqual([]);
    expect(front.refused()).toBe(0);
    await stop();
  });

  test.each([
    [
      'AWS credentials',
      { credentials: { ...CREDENTIALS, sessionToken: 'a-session-token' }, region: 'eu-west-1' },
    ],
    ['API key', { apiKey: 'an-api-key-of-this-test' }],
  ])('no answer has the %s in it', async (_name, access) => {
    const service = await startRecorder(({ headers }, response) => {
      response.setHeader('set-cookie', 'service=1');
      response.setHeader('x-echoed', JSON.stringify(headers));
      sendJson(response, 500, { type: 'fault', detail: 'An error.' });
    });
    const page = await startPage(service.url, { access });
    const { ask } = await enter(page);
    const secrets = [
      CREDENTIALS.accessKeyId,
      CREDENTIALS.secretAccessKey,
      'a-session-token',
      'an-api-key-of-this-test',
    ];
    for (const path of [
      '',
      'page/main.js',
      'videos',
      'templates',
      'videos/v1',
      'videos/v1/file',
      'nothing',
    ]) {
      const answer = await ask(path);
      const text = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
      for (const secret of [...secrets, 'service=1']) expect(text).not.toContain(secret);
    }
    const sent = service.received.map(({ headers }) => headers.authorization ?? headers['x-api-key'] ?? '');
    // The page itself asks the service for its name.
    expect(sent).toHaveLength(5);
    for (const text of sent) expect(secrets.some((secret) => text.includes(secret))).toBe(true);
  });

  test('an unreachable service is a 502 that names its cause, and so are missing credentials', async () => {
    const gone = await startRecorder();
    const page = await startPage(gone.url);
    await gone.stop();
    const { ask } = await enter(page);
    for (const path of ['videos', 'videos/v1/file']) {
      const answer = await ask(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'application/problem+json']);
      expect(await answer.json()).toMatchObject({
        status: 502,
        detail: expect.stringMatching(/^The service could not be asked \(.*ECONNREFUSED.*\)\.$/),
      });
    }
    expect((await ask('')).status).toBe(200);
    const credentials = () => Promise.reject(new Error('There are no credentials.'));
    const unable = await enter(await startPage(gone.url, { access: { credentials, region: 'eu-west-1' } }));
    expect(await (await unable.ask('videos')).json()).toMatchObject({
      type: 'urn:template-video:problem:access-denied',
      detail: 'There are no credentials. Nothing was sent.',
    });
  });

  test('a redirect of the service is not followed', async () => {
    const other = await startRecorder();
    const service = await startRecorder((_request, response) => {
      response.writeHead(307, { location: `${other.url}/videos` }).end();
    });
    const { ask } = await enter(await startPage(service.url));
    expect((await ask('videos')).status).toBe(502);
    expect(other.received).toEqual([]);
  });

  test('a request of more than 10 MB is rejected', async () => {
    const { service, entered, stop } = await startAll();
    const body = 'a'.repeat(10 * 1024 * 1024 + 1);
    expect((await entered.ask('videos', { method: 'POST', headers: JSON_TYPE, body })).status).toBe(413);
    expect(service.received).toEqual([]);
    await stop();
  });

  test('only a service on this machine is believed that its MiniMax is simulated', async () => {
    const service = await startRecorder((_request, response) => {
      response.setHeader(MINIMAX_HEADER, SIMULATED);
      sendJson(response, 200, {});
    });
    const [near, far] = [
      await enter(await startPage(service.url)),
      await enter(await startPage(service.url, { isLocal: false })),
    ];
    expect((await near.ask('templates')).headers.get(MINIMAX_HEADER)).toBe(SIMULATED);
    expect((await far.ask('templates')).headers.get(MINIMAX_HEADER)).toBeNull();
    const counting = { method: 'POST', headers: { ...JSON_TYPE, [MINIMAX_HEADER]: SIMULATED }, body: '{}' };
    const before = service.received.length;
    const rejected = await far.ask('videos', counting);
    expect([rejected.status, await rejected.json()]).toMatchObject([
      400,
      { detail: expect.stringContaining('Nothing was started.') },
    ]);
    expect(service.received).toHaveLength(before);
    expect((await near.ask('videos', counting)).status).toBe(200);
    // The service itself decides.
    expect(service.received.at(-1)?.headers[MINIMAX_HEADER]).toBe(SIMULATED);
  });
});
