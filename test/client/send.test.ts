import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ApiRequest } from '../../client/authorize.ts';
import { ApiError, NoResponse, Stopped } from '../../client/errors.ts';
import { type Channel, type SendOptions, send } from '../../client/send.ts';
import { type Listening, listen, readBody } from '../../local/loopback-server.ts';
import { UsageError } from '../../local/user-error.ts';

type Answer = (response: ServerResponse) => void;

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Listening;
let received: Received[] = [];
let answers: Answer[] = [];
beforeAll(async () => {
  server = await listen(
    createServer(),
    async (request, response) => {
      received.push({ path: request.url, headers: request.headers, body: await readBody(request) });
      (answers.shift() ?? ok)(response);
    },
    0,
  );
});
beforeEach(() => {
  received = [];
  answers = [];
});
afterAll(() => server.stop());

const ok: Answer = (response) => response.writeHead(202).end('{"video_id":"v1"}');
const lose: Answer = (response) => response.destroy();
const cut: Answer = (response) => {
  response.writeHead(202);
  response.write('{"video_id":', () => response.destroy());
};
const answer =
  (status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
const inProgress = { type: 'urn:template-video:problem:request-in-progress' };

async function sent(channel: Partial<Channel> = {}, options: SendOptions = {}) {
  const notices: string[] = [];
  const request: ApiRequest = {
    method: 'POST',
    url: new URL(`${server.url}/videos`),
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' },
    body: '{"template_id":"1"}',
  };
  const own: Channel = {
    authorize: async ({ headers }) => ({ ...headers, 'x-api-key': 'key' }),
    onRetry: ({ reason, attempt, attempts, pauseSeconds }) =>
      notices.push(`${reason}; try ${attempt} of ${attempts} in ${pauseSeconds} s`),
    firstPauseMs: 1,
    ...channel,
  };
  const result = await send(request, own, { subject: { idempotencyKey: 'k1' }, ...options }).then(
    ({ body }) => body,
    (error: unknown) => error,
  );
  return { notices, result };
}

test('repeats a POST only under its idempotency key, and announces each try', async () => {
  answers = [lose, cut, answer(503), answer(409, inProgress)];
  const { notices, result } = await sent();
  expect(result).toEqual({ video_id: 'v1' });
  expect(notices).toEqual([
    expect.stringMatching(/^UND_ERR_SOCKET; try 2 of 5 in 0.001 s$/),
    expect.stringMatching(/; try 3 of 5 in 0.002 s$/),
    'HTTP 503; try 4 of 5 in 0.004 s',
    'HTTP 409; try 5 of 5 in 0.008 s',
  ]);
  expect(received).toHaveLength(5);
  for (const { path, headers, body } of received) {
    expect({ path, body }).toEqual({ path: '/videos', body: '{"template_id":"1"}' });
    expect(headers).toMatchObject({ 'idempotency-key': 'k1', 'x-api-key': 'key', 'content-length': '19' });
  }
});

test('stops after five tries', async () => {
  answers = Array.from({ length: 9 }, () => lose);
  const { notices, result } = await sent();
  expect(result).toMatchObject({
    name: 'NoResponse',
    mayHaveBeenReceived: true,
    idempotencyKey: 'k1',
    retry: 'same_key',
  });
  expect(result).toBeInstanceOf(NoResponse);
  expect(received).toHaveLength(5);
  expect(notices).toHaveLength(4);
});

test('authorizes each try anew', async () => {
  answers = [lose, lose];
  let attempts = 0;
  const authorize: Channel['authorize'] = async () => {
    attempts += 1;
    return { 'x-api-key': String(attempts) };
  };
  await sent({ authorize });
  expect(received.map(({ headers }) => headers['x-api-key'])).toEqual(['1', '2', '3']);
});

test('pauses as long as the service asks for', async () => {
  answers = [answer(503, {}, { 'retry-after': '1' })];
  const startedAt = Date.now();
  const { notices } = await sent();
  expect(notices).toEqual(['HTTP 503; try 2 of 5 in 1 s']);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
});

test('gives up at once at a rejection, and shows it', async () => {
  answers = [answer(403, { message: 'Forbidden' })];
  const { result } = await sent();
  expect(result).toBeInstanceOf(ApiError);
  expect(result).toMatchObject({ status: 403, message: 'The request was rejected (HTTP 403). Forbidden' });
  expect(received).toHaveLength(1);
});

test('reports a rejection as unknown where an earlier try may have been received', async () => {
  answers = [lose, answer(403)];
  expect((await sent()).result).toMatchObject({
    message: `${new URL(server.url).host} gives no usable answer (HTTP 403).`,
    mayHaveBeenReceived: true,
  });
});

test('reports it as unknown also where a later try cannot be authorized', async () => {
  answers = [lose];
  let attempts = 0;
  const authorize = async () => {
    attempts += 1;
    if (attempts === 2) throw new UsageError('no credentials');
    return {};
  };
  const { result } = await sent({ authorize });
  expect(result).toBeInstanceOf(NoResponse);
  expect(result).toMatchObject({
    mayHaveBeenReceived: true,
    message: expect.stringContaining('(no credentials)'),
  });
});

test('sends nothing that cannot be authorized', async () => {
  const { result } = await sent({
    authorize: async () => {
      throw new UsageError('no credentials');
    },
  });
  expect(result).toBeInstanceOf(UsageError);
  expect(received).toEqual([]);
});

test('follows no redirect, which would show the authorization to another host', async () => {
  answers = Array.from({ length: 5 }, () => answer(307, {}, { location: '/elsewhere' }));
  const { result } = await sent();
  expect(result).toMatchObject({ message: expect.stringContaining('(unexpected redirect)') });
  expect(received.map(({ path }) => path)).not.toContain('/elsewhere');
});

test('says in words that an answer is not JSON', async () => {
  answers = Array.from({ length: 5 }, () => answer(200, '<html>'));
  expect((await sent()).result).toMatchObject({
    message: `${new URL(server.url).host} gives no usable answer (its answer is not JSON).`,
    mayHaveBeenReceived: true,
  });
});

test.each(['an attempt', 'a pause'])(
  'ends at once in %s when it is stopped, and names the key',
  async (when) => {
    const stop = new AbortController();
    const end = () => stop.abort(new Error('stopped'));
    answers = [when === 'a pause' ? answer(503, {}, { 'retry-after': '30' }) : () => setTimeout(end)];
    const { result } = await sent({ onRetry: () => void setTimeout(end) }, { signals: [stop.signal] });
    expect(result).toBeInstanceOf(Stopped);
    expect(result).toMatchObject({
      mayHaveBeenReceived: true,
      idempotencyKey: 'k1',
      cause: stop.signal.reason,
      message: expect.stringContaining('with the key k1'),
    });
    expect(received).toHaveLength(1);
  },
);

test('sends nothing when it is stopped before', async () => {
  const { result } = await sent({ signal: AbortSignal.abort() });
  expect(result).toMatchObject({ type: 'Stopped', mayHaveBeenReceived: false });
  expect(received).toEqual([]);
});

test('ends at once while it waits for credentials', async () => {
  const stop = new AbortController();
  const authorize = () => {
    stop.abort();
    return new Promise<never>(() => undefined);
  };
  expect((await sent({ authorize, signal: stop.signal })).result).toMatchObject({
    type: 'Stopped',
    message: 'Stopped before anything was started.',
  });
});

test('ends an attempt that takes too long, and tries again', async () => {
  answers = [() => undefined];
  const { notices, result } = await sent({ timeoutMs: 200 });
  expect(result).toEqual({ video_id: 'v1' });
  expect(notices).toEqual(['no answer in time; try 2 of 5 in 0.001 s']);
});

test('says which problem has kept the service from answering, and that nothing was started', async () => {
  const problem = { type: 'urn:template-video:problem:table-unavailable', title: 'T', detail: 'D.' };
  answers = Array.from({ length: 5 }, () => answer(503, problem));
  expect((await sent()).result).toMatchObject({ type: 'table-unavailable', retry: 'same_key', status: 503 });
});

test('asks for a second video in no case, not even where something on the way advises it', async () => {
  answers = [answer(418, { type: 'about:blank', title: 'T', retry: 'new_request' })];
  expect((await sent()).result).toMatchObject({ type: 'other', retry: 'never', title: 'T' });
});
