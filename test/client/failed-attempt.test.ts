import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { NoResponse } from '../../client/errors.ts';
import { type FailedAttempt, fromError, fromResponse } from '../../client/failed-attempt.ts';
import { TooSlow } from '../../client/stop.ts';
import { listenOnLoopback } from '../../local/loopback-server.ts';

test('shows only printable characters of a host that gives no usable answer', () => {
  const reason = 'gone\u001b]0;x\u0007\u202e';
  expect(new NoResponse({ host: 'a.example', reason, mayHaveBeenReceived: true }).message).toBe(
    'a.example gives no usable answer (gone ]0;x ).',
  );
});

/** What `fetch` throws at this address. */
async function failureAt(url: string): Promise<FailedAttempt> {
  return fetch(url, { method: 'POST' }).then(() => expect.fail('answered'), fromError);
}

const failureOf = async (answer: Response): Promise<FailedAttempt> =>
  fromResponse(answer, await answer.text());

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

test('counts a request as possibly received where no answer comes in time', () => {
  expect(fromError(new TooSlow())).toEqual({
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
])('of %j, may have been received: %s', (fields, mayHaveBeenReceived) => {
  const cause = Object.assign(new Error('x'), fields);
  const one = new TypeError('fetch failed', { cause });
  const several = new TypeError('fetch failed', { cause: new AggregateError([cause, cause]) });
  expect(fromError(one)).toMatchObject({ mayHaveBeenReceived });
  expect(fromError(several)).toMatchObject({ mayHaveBeenReceived });
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
    expect(await failureOf(answer)).toMatchObject({
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
  expect((await failureOf(answer)).apiError?.message).toBe(message);
});
