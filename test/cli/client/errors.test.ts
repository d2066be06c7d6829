import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { fromNetworkError, fromResponse, NoResponse } from '../../../cli/client/errors.ts';
import { listenOnLoopback } from '../../../local/loopback-server.ts';

test('says of nobody that answers no more than can be printed', () => {
  expect(new NoResponse('a.example', 'gone\u001b]0;x\u0007\u202e', true).message).toBe(
    'a.example does not answer (gone ]0;x ).',
  );
});

/** What `fetch` throws at this address. */
async function thrownAt(url: string): Promise<Error> {
  return fetch(url).then(
    () => expect.fail('answered'),
    (error: Error) => error,
  );
}

test('knows that a request has not arrived where nobody listens', async () => {
  const server = createServer();
  const port = await listenOnLoopback(server);
  server.close();
  await once(server, 'close');
  expect(fromNetworkError(await thrownAt(`http://127.0.0.1:${port}/videos`))).toEqual({
    reason: 'ECONNREFUSED',
    isRetryable: true,
    mayHaveBeenReceived: false,
  });
});

test('does not know it of a connection that is closed without an answer', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await listenOnLoopback(server);
  expect(fromNetworkError(await thrownAt(`http://127.0.0.1:${port}/videos`))).toMatchObject({
    mayHaveBeenReceived: true,
  });
  server.close();
});

test.each([
  [{ code: 'EHOSTUNREACH', syscall: 'connect' }, false],
  [{ code: 'EHOSTUNREACH', syscall: 'read' }, true],
  [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, false],
  [{ code: 'UND_ERR_SOCKET' }, true],
])('of %j, may have arrived: %s', (fields, mayHaveBeenReceived) => {
  const cause = Object.assign(new Error('x'), fields);
  expect(fromNetworkError(new TypeError('fetch failed', { cause }))).toMatchObject({ mayHaveBeenReceived });
  const several = new AggregateError([cause, cause]);
  expect(fromNetworkError(new TypeError('fetch failed', { cause: several }))).toMatchObject({
    mayHaveBeenReceived,
  });
});

function answered(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
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
  'of %i %s, tries again: %s, and may have been accepted: %s',
  async (status, kind, isRetryable, mayHaveBeenReceived) => {
    expect(await fromResponse(answered(status, problem(kind), { 'retry-after': '7' }))).toMatchObject({
      isRetryable,
      mayHaveBeenReceived,
      retryAfterSeconds: 7,
    });
  },
);

test.each([
  [answered(403, { message: 'Forbidden' }), 'The request was refused (HTTP 403). Forbidden'],
  [answered(502, '<html>'), 'The request was refused (HTTP 502).'],
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
  [answered(400, 'null'), 'The request was refused (HTTP 400).'],
])('says what a refusal says: %#', async (answer, message) => {
  expect((await fromResponse(answer)).refusal?.message).toBe(message);
});
