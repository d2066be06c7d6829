import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createGateway } from '../../../local/api-gateway/gateway.ts';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import type { LambdaHost } from '../../../local/lambda/lambda-host.ts';
import type { InvokeOptions } from '../../../local/lambda/worker-pool.ts';
import { listen } from '../../../local/loopback-server.ts';

const ROUTES = [
  { method: 'POST', path: '/videos', functionArn: 'start' },
  { method: 'GET', path: '/videos/{video_id}', functionArn: 'get' },
];

/** A gateway whose functions answer with their event. */
async function startGateway(reply?: WorkerReply): Promise<string> {
  const invoke = async (functionArn: string, event: string): Promise<WorkerReply> => {
    const result = { statusCode: 200, headers: { 'x-function': functionArn }, body: event };
    return reply ?? { ok: true, result: JSON.stringify(result) };
  };
  const server = await listen(createServer(), createGateway(ROUTES, { invoke }), 0);
  onTestFinished(() => server.stop());
  return server.url;
}

test("passes a function API Gateway's event", async () => {
  const url = await startGateway();
  const answer = await fetch(`${url}/videos/a%2Fb?limit=1&limit=2`, { headers: { 'X-Test': 'yes' } });
  expect(answer.headers.get('x-function')).toBe('get');
  expect(await answer.json()).toMatchObject({
    resource: '/videos/{video_id}',
    path: '/videos/a%2Fb',
    httpMethod: 'GET',
    headers: { 'x-test': 'yes' },
    pathParameters: { video_id: 'a/b' },
    queryStringParameters: { limit: '2' },
    multiValueQueryStringParameters: { limit: ['1', '2'] },
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: expect.any(String) },
  });
});

test('passes a body on as text', async () => {
  const answer = await fetch(`${await startGateway()}/videos`, { method: 'POST', body: '{"ä":1}' });
  expect(await answer.json()).toMatchObject({ body: '{"ä":1}', pathParameters: null });
});

test('passes a body on in base64 where it is not UTF-8', async () => {
  const body = Buffer.from([0x7b, 0xf6, 0x7d]);
  const answer = await fetch(`${await startGateway()}/videos`, { method: 'POST', body });
  expect(await answer.json()).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
] as const)('takes %s off a body before a function sees it', async (coding, encode) => {
  const headers = { 'content-encoding': coding };
  const send = async (body: Buffer<ArrayBuffer>): Promise<Response> =>
    fetch(`${await startGateway()}/videos`, { method: 'POST', headers, body });
  expect(await (await send(encode('{"ä":1}'))).json()).toMatchObject({
    body: '{"ä":1}',
    isBase64Encoded: false,
  });
  expect((await send(encode(Buffer.alloc(11 * 1024 * 1024)))).status).toBe(413);
  expect(await (await send(Buffer.from('{}'))).json()).toMatchObject({ body: '{}' });
});

test('passes a byte order mark on', async () => {
  const answer = await fetch(`${await startGateway()}/videos`, {
    method: 'POST',
    body: Buffer.from('\ufeff{}'),
  });
  expect(await answer.json()).toMatchObject({ body: '\ufeff{}', isBase64Encoded: false });
});

test('passes a body of the largest size on, in UTF-8 or not', async () => {
  const url = await startGateway();
  for (const first of ['a', '\u0080'])
    expect((await fetch(`${url}/videos`, { method: 'POST', body: large(first) })).status).toBe(200);
});

/** Five megabytes of text in Latin-1. */
function large(first: string): Buffer<ArrayBuffer> {
  return Buffer.from(first + 'a'.repeat(5_000_000), 'latin1');
}

test.each([
  ['GET', '/'],
  ['GET', '/videos'],
  ['DELETE', '/videos/1'],
  ['GET', '/videos/1/2'],
  ['GET', '/videos/%'],
])('answers %s %s without a throw', async (method, path) => {
  const answer = await fetch(`${await startGateway()}${path}`, { method });
  const isRoute = path === '/videos/%';
  expect(answer.status).toBe(isRoute ? 200 : 403);
  if (!isRoute)
    expect(await answer.json()).toMatchObject({
      status: 403,
      detail: expect.stringContaining('no such path or method'),
    });
});

test.each([
  ['a page of the web', { origin: 'https://evil.example' }],
  ['a name that was bent to this machine', { host: 'evil.example' }],
])('rejects %s', async (_name, headers) => {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asking = request(`${await startGateway()}/videos/1`, { headers }, (response) =>
    resolve(response.statusCode),
  );
  asking.on('error', reject).end();
  expect(await promise).toBe(403);
});

test('rejects a target that is no path', async () => {
  const { port } = new URL(await startGateway());
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asking = request({ host: '127.0.0.1', port, path: '[::' }, (response) =>
    resolve(response.statusCode),
  );
  asking.on('error', reject).end();
  expect(await promise).toBe(400);
});

test('does not reveal why a function failed', async () => {
  const error = { errorType: 'TypeError', errorMessage: 'secret', trace: ['secret'] };
  const answer = await fetch(`${await startGateway({ ok: false, error })}/videos/1`);
  expect(answer.status).toBe(502);
  expect(await answer.text()).not.toContain('secret');
});

test('rejects a body that is too large for API Gateway', async () => {
  const url = await startGateway();
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const sending = request(`${url}/videos`, { method: 'POST' }, (response) => resolve(response.statusCode));
  sending.on('error', reject);
  const chunk = Buffer.alloc(1024 * 1024);
  for (let count = 0; count < 11; count += 1) sending.write(chunk);
  sending.end();
  expect(await promise).toBe(413);
});

test('rejects a request when no instance is free, with Retry-After', async () => {
  const error = { errorType: 'Lambda.TooManyRequestsException', errorMessage: 'Rate Exceeded' };
  const answer = await fetch(`${await startGateway({ ok: false, error })}/videos/1`);
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toMatchObject({
    type: 'urn:template-video:problem:too-many-requests',
    detail: expect.stringContaining('This request has started nothing'),
  });
});

test('lets a request wait for an instance until its caller disconnects', async () => {
  const waiting = Promise.withResolvers<InvokeOptions | undefined>();
  const invoke = async (_arn: string, _event: string, options?: InvokeOptions): Promise<WorkerReply> => {
    waiting.resolve(options);
    await once(options?.signal ?? new EventTarget(), 'abort');
    return { ok: false, error: { errorType: 'Lambda.TooManyRequestsException', errorMessage: '' } };
  };
  const server = await listen(createServer(), createGateway(ROUTES, { invoke }), 0);
  onTestFinished(() => server.stop());
  const asking = request(`${server.url}/videos/1`).on('error', () => undefined);
  asking.end();
  const options = await waiting.promise;
  expect(options).toMatchObject({ waits: true, signal: { aborted: false } });
  asking.destroy();
  await expect.poll(() => options?.signal?.aborted).toBe(true);
});

test('calls no function for a body that is cut', async () => {
  const invoke = vi.fn<LambdaHost['invoke']>();
  const server = await listen(createServer(), createGateway(ROUTES, { invoke }), 0);
  onTestFinished(() => server.stop());
  const headers = { 'content-length': '100', 'content-type': 'application/json' };
  const sending = request(`${server.url}/videos`, { method: 'POST', headers }).on('error', () => undefined);
  sending.write('{"template_id":');
  sending.destroy();
  await new Promise((resolve) => sending.once('close', resolve));
  expect((await fetch(`${server.url}/nothing`)).status).toBe(403);
  expect(invoke).not.toHaveBeenCalled();
});

test('answers 502 for a result that is no answer of a function behind API Gateway', async () => {
  const answer = await fetch(`${await startGateway({ ok: true, result: '{"body":"secret"}' })}/videos/1`);
  expect(answer.status).toBe(502);
  expect(await answer.text()).not.toContain('secret');
});

test("gives its own answers the template's headers, and the origin of the request where they copy it", async () => {
  const invoke = vi.fn<LambdaHost['invoke']>();
  const gatewayHeaders = new Map<string, Readonly<Record<string, string>>>([
    ['MISSING_AUTHENTICATION_TOKEN', { 'access-control-allow-origin': 'method.request.header.Origin' }],
    ['REQUEST_TOO_LARGE', { 'access-control-allow-origin': "'https://app.example'", vary: "'Origin'" }],
  ]);
  const gateway = createGateway(ROUTES, { invoke }, { preflights: [], gatewayHeaders });
  const server = await listen(createServer(), gateway, 0);
  onTestFinished(() => server.stop());
  const own = { origin: server.url };
  const copied = await fetch(`${server.url}/nothing`, { headers: own });
  expect([copied.status, copied.headers.get('access-control-allow-origin')]).toEqual([403, server.url]);
  const without = await fetch(`${server.url}/nothing`);
  expect(without.headers.has('access-control-allow-origin')).toBe(false);
  const body = 'a'.repeat(7_000_000);
  const fixed = await fetch(`${server.url}/videos`, { method: 'POST', body });
  expect([fixed.status, fixed.headers.get('access-control-allow-origin'), fixed.headers.get('vary')]).toEqual(
    [413, 'https://app.example', 'Origin'],
  );
});
