import { once } from 'node:events';
import { createServer } from 'node:net';
import ky from 'ky';
import { expect, test } from 'vitest';
import { NoResponse } from '../../../cli/client/errors.ts';
import { type FailedAttempt, toFailedAttempt } from '../../../cli/client/failed-attempt.ts';
import { listenOnLoopback } from '../../../local/loopback-server.ts';

test('shows only printable characters of a host that gives no usable answer', () => {
  expect(new NoResponse('a.example', 'gone\u001b]0;x\u0007\u202e', true).message).toBe(
    'a.example gives no usable answer (gone ]0;x ).',
  );
});

/** What ky throws at this address, with the network or with an answer of this test. */
async function failureAt(url: string, answer?: Response | Error): Promise<FailedAttempt> {
  const fake = answer && (() => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)));
  return ky.post(url, { retry: 0, fetch: fake }).then(
    () => expect.fail('answered'),
    (error: Error) => toFailedAttempt(error),
  );
}

test('counts a request as not received where no server listens', async () => {
  const server = createServer();
  const port = await listenOnLoopback(server);
  server.close();
  await once(server, 'close');
  expect(await failureAt(`http://127.0.0.1:${port}/videos`)).toEqual({
    reason: 'ECONNREFUSED',
    isRetryable: true,
    mayHaveBeenReceived: false,
  });
});

test('counts a request as possibly received where the connection is closed without an answer', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await listenOnLoopback(server);
  expect(await failureAt(`http://127.0.0.1:${port}/videos`)).toMatchObject({ mayHaveBeenReceived: true });
  server.close();
});

test('counts a request as possibly received where no answer comes in time', async () => {
  const fetch = () => new Promise<never>(() => undefined);
  const error = await ky.post('http://a.example', { retry: 0, timeout: 5, fetch }).catch((thrown) => thrown);
  expect(toFailedAttempt(error)).toEqual({
    reason: 'no answer in time',
    isRetryable: true,
    mayHaveBeenReceived: true,
  });
});

test.each([
  [{ code: 'EHOSTUNREACH', syscall: 'connect' }, false],
  [{ code: 'EHOSTUNREACH', syscall: 'read' }, true],
  [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, false],
  [{ code: 'UND_ERR_SOCKET' }, true],
])('of %j, may have been received: %s', async (fields, mayHaveBeenReceived) => {
  const cause = Object.assign(new Error('x'), fields);
  const one = new TypeError('fetch failed', { cause });
  const several = new TypeError('fetch failed', { cause: new AggregateError([cause, cause]) });
  expect(await failureAt('http://a.example', one)).toMatchObject({ mayHaveBeenReceived });
  expect(await failureAt('http://a.example', several)).toMatchObject({ mayHaveBeenReceived });
});

function answered(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { 'content-type': 'application/problem+json', ...headers } });
}

const problem = (kind: string): object => ({
  type: `urn:template-video:problem:${kind}`,
  title: 'T',
  detail: 'D.',
});

test.each([
  [503, 'too-many-requests', true, true],
  [500, 'unexpected', true, true],
  [429, 'too-many-requests', true, false],
  [429, 'daily-limit-reached', false, false],
  [409, 'request-in-progress', true, false],
  [409, 'video-finished', false, false],
  [422, 'idempotency-key-reused', false, false],
])(
  'of %i %s, may be repeated: %s, and may have been received: %s',
  async (status, kind, isRetryable, mayHaveBeenReceived) => {
    const answer = answered(status, problem(kind), { 'retry-after': '7' });
    expect(await failureAt('http://a.example', answer)).toMatchObject({
      isRetryable,
      mayHaveBeenReceived,
      retryAfterSeconds: 7,
    });
  },
);

test.each([
  [answered(403, { message: 'Forbidden' }), 'The request was rejected (HTTP 403). Forbidden'],
  [answered(502, '<html>'), 'The request was rejected (HTTP 502).'],
  [
    answered(400, { ...problem('bad-request'), errors: [{ pointer: '/a', detail: 'is wrong' }] }),
    'T (HTTP 400). D.\n  /a is wrong',
  ],
  [
    answered(400, {
      title: 'T\u001b[31m',
      detail: 'D\u202e\n  /x is fine.',
      errors: [{ pointer: '/a\u009b2J\n', detail: 'is\u2066 wrong\r' }],
    }),
    'T (HTTP 400). D   /x is fine.\n  /a  is wrong',
  ],
  [answered(400, 'null'), 'The request was rejected (HTTP 400).'],
  [answered(400, '"text"', { 'content-type': 'text/plain' }), 'The request was rejected (HTTP 400).'],
])('says what a rejection says: %#', async (answer, message) => {
  expect((await failureAt('http://a.example', answer)).apiError?.message).toBe(message);
});
