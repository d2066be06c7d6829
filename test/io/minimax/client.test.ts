import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../../../lambdas/core/failure.ts';
import type { ApiKey } from '../../../lambdas/io/minimax/api-key.ts';
import { createMiniMax, type MiniMax } from '../../../lambdas/io/minimax/client.ts';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { UNANSWERED_CALLBACK } from '../../../local/simulator/task-api.ts';
import { startRawPeer } from '../../harness/raw-peer.ts';

const KEY = 'sk-test-0123456789abcdef';
const taskNamed = (task_id: string) => ({ task_id, kind: 'template' as const });
const REQUEST = {
  template_id: '393769180141805569',
  text_inputs: [{ value: 'Lion' }],
  metadata: { mine: true },
};
const signal = new AbortController().signal;
const UNANSWERED = { challenge: 'refused' } as const;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ apiKey: KEY });
});
afterAll(() => simulator.stop());

function client(host: string, apiKey: ApiKey = async () => KEY): MiniMax {
  return createMiniMax({ host, apiKey, timeoutSeconds: 30 });
}

test("sends MiniMax's own fields and nothing of ours", async () => {
  const { taskId, traceId } = await client(simulator.url).createTask(REQUEST, { signal });
  expect(simulator.creates.at(-1)).toEqual({
    body: { template_id: REQUEST.template_id, text_inputs: REQUEST.text_inputs },
    taskId,
  });
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
});

test('asks until the task succeeds and then has its link', async () => {
  simulator.script({ queries: ['Processing', 'Success'] });
  const { taskId } = await client(simulator.url).createTask(REQUEST, { signal });
  expect(await client(simulator.url).queryTask(taskNamed(taskId), signal)).toMatchObject({
    status: 'running',
    rawStatus: 'Processing',
  });
  expect(await client(simulator.url).queryTask(taskNamed(taskId), signal)).toMatchObject({
    status: 'succeeded',
    videoUrl: expect.stringContaining(`/files/${taskId}.mp4`),
  });
});

test.each([
  ['closes the connection without a word', (socket: Socket) => socket.destroy()],
  ['answers half a header', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
  [
    'answers half an id',
    (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"task_id":"1'),
  ],
  [
    'answers half a number',
    (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"task_id":1'),
  ],
  [
    'redirects',
    (socket: Socket) => socket.end('HTTP/1.1 307 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n'),
  ],
  ['answers nothing that is HTTP', (socket: Socket) => socket.end('hello\r\n\r\n')],
])('sends a create exactly once and leaves its outcome open when the peer %s', async (_name, answer) => {
  const { host, requests } = await startRawPeer(answer);
  const create = client(host).createTask(REQUEST, { signal });
  await expect(create).rejects.toMatchObject({ name: 'SubmitOutcomeUnknown' });
  expect(requests()).toBe(1);
});

test('leaves the outcome of a create open when the function runs out of time', async () => {
  const outOfTime = new AbortController();
  const { host } = await startRawPeer(() => outOfTime.abort());
  const create = client(host).createTask(REQUEST, { signal: outOfTime.signal });
  await expect(create).rejects.toThrow('MiniMax did not answer the create (the function ran out of time).');
});

test.each([
  ['no server listens', 'http://127.0.0.1:1', 'ECONNREFUSED'],
  ['the name does not resolve', 'http://minimax.invalid', 'ENOTFOUND|EAI_AGAIN'],
])('knows that nothing was sent when %s', async (_name, host, reason) => {
  const create = client(host).createTask(REQUEST, { signal });
  await expect(create).rejects.toMatchObject({
    name: 'MiniMaxUnreachable',
    message: expect.stringMatching(reason),
  });
});

test('knows that nothing was sent when TLS cannot be agreed on', async () => {
  const { host } = await startRawPeer((socket) => socket.end('this is not TLS'));
  const create = client(host.replace('http:', 'https:')).createTask(REQUEST, { signal });
  await expect(create).rejects.toMatchObject({ name: 'MiniMaxUnreachable' });
});

test('knows that nothing was sent when the key cannot be read just now', async () => {
  const minimax = client(simulator.url, async () => {
    throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
  });
  const before = simulator.creates.length;
  await expect(minimax.createTask(REQUEST, { signal })).rejects.toMatchObject({ name: 'MiniMaxBusy' });
  await expect(minimax.queryTask(taskNamed('1'), signal)).rejects.toMatchObject({
    name: 'MiniMaxUnavailable',
  });
  expect(simulator.creates.length).toBe(before);
});

test('leaves it to the next try when a rejected key has been replaced', async () => {
  const before = simulator.creates.length;
  const keys = client(simulator.url, async (age) => (age === 'fresh' ? KEY : 'sk-old'));
  await expect(keys.createTask(REQUEST, { signal })).rejects.toMatchObject({ name: 'MiniMaxBusy' });
  await expect(keys.queryTask(taskNamed('1'), signal)).rejects.toMatchObject({ name: 'MiniMaxBusy' });
  expect(simulator.creates.length).toBe(before);
});

test('leaves it to the next try also when the rejected query names its task', async () => {
  simulator.script({ queries: [{ reply: 'whole', code: 1004 }] });
  const { taskId } = await client(simulator.url).createTask(REQUEST, { signal });
  const keys = client(simulator.url, async (age) => (age === 'fresh' ? 'sk-new' : KEY));
  await expect(keys.queryTask(taskNamed(taskId), signal)).rejects.toMatchObject({ name: 'MiniMaxBusy' });
});

test.each([
  ['abc-123', 'MiniMax did not answer the create (the answer broke off: ECONNRESET) (Trace-Id abc-123).'],
  ['see https://x.example/?a=b', 'MiniMax did not answer the create (the answer broke off: ECONNRESET).'],
])('says with which Trace-Id an answer broke off: %s', async (traceId, sentence) => {
  const { host } = await startRawPeer((socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nTrace-Id: ${traceId}\r\nContent-Length: 99\r\n\r\n{`),
  );
  const created = client(host).createTask(REQUEST, { signal });
  await expect(created).rejects.toThrow(sentence);
});

test('does not ask again with another key when the rejection names a task', async () => {
  simulator.script({ create: { reply: 'whole', code: 1004 } });
  const keys = client(simulator.url, async (age) => (age === 'fresh' ? 'sk-new' : KEY));
  const before = simulator.creates.length;
  await expect(keys.createTask(REQUEST, { signal })).rejects.toMatchObject({ name: 'SubmitOutcomeUnknown' });
  expect(simulator.creates.length).toBe(before + 1);
});

test('keeps an echo of the key out of what it says', async () => {
  simulator.script({ create: { code: 1004, message: `no such key: ${KEY}` } });
  await expect(client(simulator.url).createTask(REQUEST, { signal })).rejects.toThrow('no such key: (key)');
});

/** A text in JSON, each character as an escape. */
function escapedInJson(text: string): string {
  return [...text].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

const ODD_KEY = 'sk/a"b\\c+%41_0123456789';

test.each([
  ['as it is', KEY, KEY],
  ['escaped', KEY, escapedInJson(KEY)],
  ['with an escaped slash', 'sk-test/0123456789', 'sk-test\\/0123456789'],
  ['of odd characters', ODD_KEY, JSON.stringify(ODD_KEY).slice(1, -1)],
  ['of odd characters, escaped', ODD_KEY, escapedInJson(ODD_KEY)],
  ['per cent encoded', ODD_KEY, encodeURIComponent(ODD_KEY)],
  ['of seven characters', 'sk-7-ab', 'sk-7-ab'],
  ['split by an invisible character', KEY, [...KEY].join('\u200b')],
])('keeps a key %s out of all that it says, in every field of an answer', async (_how, key, echo) => {
  const fields = `"task_id":{"${echo}":"${echo}"},"status":"No ${echo}","video_url":"https://${encodeURIComponent(echo)}.example/v?${echo}"`;
  const answer = `{${fields},"base_resp":{"status_code":1004,"status_msg":"no ${echo}, see ${echo}"}}`;
  const broken = `{"task_id":{"${echo}":"${echo}"},`;
  const whole = `Content-Length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`;
  for (const rest of [whole, `Content-Length: 999999\r\n\r\n${answer}`, `\r\n${broken}`, `\r\n${echo}`]) {
    const { host } = await startRawPeer((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nTrace-Id: ${key}\r\n${rest}`),
    );
    const minimax = client(host, async () => key);
    const outcomes = await Promise.allSettled([
      minimax.createTask(REQUEST, { signal }),
      minimax.queryTask(taskNamed('1'), signal),
    ]);
    for (const outcome of outcomes) {
      const said = outcome.status === 'rejected' ? outcome.reason.message : JSON.stringify(outcome.value);
      expect(said).not.toContain(key);
      expect(said).not.toContain(key.replaceAll(/["\\]/g, ''));
      expect(said).not.toContain(escapedInJson(key).replaceAll('\\', ''));
    }
  }
});

test('keeps the key out of the word for a status, and still knows what it means', async () => {
  const answerTo = async (key: string, status: string): Promise<unknown> => {
    const answer = `{"task_id":"1","status":"${status}","video_url":"https://s.example/S"}`;
    const { host } = await startRawPeer((socket) => socket.end(whole(answer)));
    return client(host, async () => key).queryTask(taskNamed('1'), signal);
  };
  expect(await answerTo(KEY, `Waiting for ${KEY}`)).toMatchObject({
    status: 'running',
    rawStatus: 'Waiting for (key)',
  });
  expect(await answerTo('ucc', 'Success')).toMatchObject({
    status: 'succeeded',
    rawStatus: 'S(key)ess',
    videoUrl: 'https://s.example/S',
  });
});

test('follows an id that holds a short key by chance, and none that holds the whole of a real one', async () => {
  const created = async (key: string, taskId: string): Promise<unknown> => {
    const answer = `{"task_id":"${taskId}","base_resp":{"status_code":0,"status_msg":"success"}}`;
    const { host, requests } = await startRawPeer((socket) => socket.end(whole(answer)));
    const task = await client(host, async () => key)
      .createTask(REQUEST, { signal })
      .catch((error: unknown) => error);
    expect(requests()).toBe(1);
    return task;
  };
  expect(await created('9376', ID)).toEqual({ taskId: ID });
  expect(await created(KEY, `vt-${KEY}-1`)).toMatchObject({
    name: 'SubmitOutcomeUnknown',
    message: expect.stringContaining('yet names the task vt-(key)-1'),
    taskId: undefined,
  });
});

test('downloads nothing from a host that is named after the key', async () => {
  const answer = `{"task_id":"1","status":"Success","video_url":"https://${KEY.toUpperCase()}.example/v.mp4"}`;
  const { host } = await startRawPeer((socket) => socket.end(whole(answer)));
  await expect(client(host).queryTask(taskNamed('1'), signal)).rejects.toThrow(
    'MiniMax gives a link that repeats the key.',
  );
});

test('leaves out a Trace-Id that repeats the key or the right to call us', async () => {
  const traceOf = async (traceId: string): Promise<unknown> => {
    const answer = '{"task_id":"17","base_resp":{"status_code":0,"status_msg":"success"}}';
    const { host } = await startRawPeer((socket) =>
      socket.end(
        `HTTP/1.1 200 OK\r\nTrace-Id: ${traceId}\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`,
      ),
    );
    return client(host).createTask(REQUEST, { signal, callbackUrl: CALLBACK });
  };
  expect(await traceOf('abc')).toEqual({ taskId: '17', traceId: 'abc' });
  expect(await traceOf(`abc-${KEY}`)).toEqual({ taskId: '17' });
  expect(await traceOf(`abc-${CALLBACK.split('/').at(-1)}`)).toEqual({ taskId: '17' });
});

test('lets no character through that a terminal acts on', async () => {
  const unprintable = '\u001b[31m\u202e\u2066\u009b2J\u200b\ud800';
  simulator.script({ create: { code: 1008, message: `no ${unprintable}balance` } });
  await expect(client(simulator.url).createTask(REQUEST, { signal })).rejects.toThrow('"no balance"');
});

test('gives up on a silent peer after its time', async () => {
  const { host } = await startRawPeer(() => undefined);
  const create = createMiniMax({ host, apiKey: async () => KEY, timeoutSeconds: 0.2 }).createTask(REQUEST, {
    signal,
  });
  await expect(create).rejects.toThrow('MiniMax did not answer the create (no answer within 0.2 s).');
});

test('asks no more when the rejected key is still the stored one', async () => {
  let reads = 0;
  const stubborn = client(simulator.url, async () => {
    reads += 1;
    return 'sk-old';
  });
  await expect(stubborn.createTask(REQUEST, { signal })).rejects.toMatchObject({ name: 'ApiKeyRejected' });
  expect(reads).toBe(2);
});

test('knows that nothing was sent when the key is not read in time', async () => {
  const outOfTime = new AbortController();
  const minimax = client(simulator.url, () => new Promise<string>(() => undefined));
  const creating = minimax.createTask(REQUEST, { signal: outOfTime.signal });
  outOfTime.abort();
  await expect(creating).rejects.toMatchObject({ name: 'MiniMaxBusy' });
});

test('hands on that there is no key', async () => {
  const minimax = client(simulator.url, async () => {
    throw new Failure('ApiKeyRejected', 'no key');
  });
  await expect(minimax.createTask(REQUEST, { signal })).rejects.toMatchObject({ name: 'ApiKeyRejected' });
});

test('a query without an answer says nothing about the task', async () => {
  const { host } = await startRawPeer((socket) => socket.destroy());
  await expect(client(host).queryTask(taskNamed('1'), signal)).rejects.toMatchObject({
    name: 'MiniMaxUnavailable',
  });
});

test('rejects an answer without end', async () => {
  const { host } = await startRawPeer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const chunk = Buffer.alloc(100_000, 'x');
    for (let count = 0; count < 15; count += 1) socket.write(chunk);
  });
  await expect(client(host).queryTask(taskNamed('1'), signal)).rejects.toThrow('longer than 1000000 bytes');
});

test('does not wait for ever for a peer that wants to speak another protocol', async () => {
  const { host, requests } = await startRawPeer((socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: video\r\n\r\n'),
  );
  await expect(client(host).createTask(REQUEST, { signal })).rejects.toMatchObject({
    name: 'SubmitOutcomeUnknown',
    message: expect.stringContaining('closed without an answer'),
  });
  expect(requests()).toBe(1);
});

test.each(['keep-alive', 'close'])(
  'takes a whole answer although more comes after it (Connection: %s)',
  async (connection) => {
    const body = '{"task_id":"17","base_resp":{"status_code":0,"status_msg":"success"}}';
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: ${connection}\r\n\r\n`;
    const { host } = await startRawPeer((socket) => socket.end(`${head}${body}and more`));
    expect(await client(host).createTask(REQUEST, { signal })).toEqual({ taskId: '17' });
  },
);

const CALLBACK = 'http://127.0.0.1:9/callbacks/v1/a-token-of-43-characters-that-must-not-be-read';

test('asks MiniMax to call, and sends the create once', async () => {
  simulator.script({ callbacks: { challenge: 'left out' } });
  const before = simulator.creates.length;
  const { callbackRejection } = await client(simulator.url).createTask(REQUEST, {
    signal,
    callbackUrl: CALLBACK,
  });
  expect(callbackRejection).toBeUndefined();
  expect(simulator.creates.slice(before)).toMatchObject([{ body: { callback_url: CALLBACK } }]);
});

test('sends a create that was rejected for its callback once more without, and says so', async () => {
  simulator.script({ callbacks: UNANSWERED });
  const before = simulator.creates.length;
  let sends = 0;
  const { taskId, callbackRejection } = await client(simulator.url).createTask(REQUEST, {
    signal,
    callbackUrl: CALLBACK,
    beforeSend: async () => {
      sends += 1;
    },
  });
  expect(callbackRejection).toMatch(
    /^code 2013 "invalid params, callback_url is not reachable" \(Trace-Id \w+\)$/,
  );
  const { template_id, text_inputs } = REQUEST;
  expect(simulator.creates.slice(before)).toEqual([
    { body: { template_id, text_inputs, callback_url: CALLBACK }, rejection: UNANSWERED_CALLBACK },
    { body: { template_id, text_inputs }, taskId },
  ]);
  expect(sends).toBe(2);
});

test.each([
  [
    'the second is rejected as well',
    [{ callbacks: UNANSWERED }, { create: { code: 1008 } }],
    'InsufficientBalance',
    2,
  ],
  [
    'the second is lost',
    [{ callbacks: UNANSWERED }, { create: { reply: 'lost' } }],
    'SubmitOutcomeUnknown',
    2,
  ],
  [
    'it is rejected for something else',
    [{ create: { code: 2013, message: 'bad template' } }],
    'InvalidRequest',
    1,
  ],
  [
    'it is rejected with another code',
    [{ create: { code: 1000, message: 'callback' } }],
    'SubmitOutcomeUnknown',
    1,
  ],
] as const)('a create with a callback: %s', async (_fault, scripts, name, sent) => {
  for (const script of scripts) simulator.script(script);
  const before = simulator.creates.length;
  const create = client(simulator.url).createTask(REQUEST, { signal, callbackUrl: CALLBACK });
  await expect(create).rejects.toMatchObject({ name });
  expect(simulator.creates.length - before).toBe(sent);
  simulator.forgetScripts();
});

test('sends no second create where the rejection names a task, or where no callback was asked for', async () => {
  const answer = '{"task_id":"17","base_resp":{"status_code":2013,"status_msg":"callback_url"}}';
  const { host, requests } = await startRawPeer((socket) => socket.end(whole(answer)));
  const create = client(host).createTask(REQUEST, { signal, callbackUrl: CALLBACK });
  await expect(create).rejects.toMatchObject({ name: 'SubmitOutcomeUnknown', taskId: '17' });
  expect(requests()).toBe(1);
  simulator.script({ create: { code: 2013, message: 'callback_url' } });
  const before = simulator.creates.length;
  const plain = client(simulator.url).createTask(REQUEST, { signal });
  await expect(plain).rejects.toMatchObject({ name: 'InvalidRequest' });
  expect(simulator.creates.length - before).toBe(1);
});

test.each([
  'callback_url verification failed',
  'challenge not answered',
  'the url cannot be reached',
  '回调地址无效',
])('takes %j for a rejection of the callback, and repeats none of the address', async (message) => {
  const said = `${message}: x.example/callbacks/v1/${CALLBACK.split('/').at(-1)}`;
  simulator.script({ create: { code: 2013, message: said } });
  const { callbackRejection } = await client(simulator.url).createTask(REQUEST, {
    signal,
    callbackUrl: CALLBACK,
  });
  expect(callbackRejection).toContain(message);
  expect(callbackRejection).not.toContain('a-token-of-43');
});

test('leaves it to the workflow to try again where the rejection has taken too long', async () => {
  const answer = '{"base_resp":{"status_code":2013,"status_msg":"callback_url"}}';
  const { host, requests } = await startRawPeer((socket) => {
    setTimeout(() => socket.end(whole(answer)), 700);
  });
  const slow = createMiniMax({ host, apiKey: async () => KEY, timeoutSeconds: 1 });
  const create = slow.createTask(REQUEST, { signal, callbackUrl: CALLBACK });
  await expect(create).rejects.toMatchObject({ name: 'MiniMaxBusy' });
  expect(requests()).toBe(1);
});

const ID = '393769180141900000';
const FINE = '"base_resp":{"status_code":0,"status_msg":"success"}}';

/** How a body may be framed, and how its connection may end before it is whole. */
const FRAMES: readonly (readonly [string, (body: string) => string])[] = [
  ['its length', (body) => `Content-Length: ${body.length}\r\n\r\n${body}`],
  [
    'chunks',
    (body) =>
      `Transfer-Encoding: chunked\r\n\r\n${[...body].map((each) => `1\r\n${each}\r\n`).join('')}0\r\n\r\n`,
  ],
  ['its end alone', (body) => `\r\n${body}`],
];
const ENDS: readonly (readonly [string, (socket: Socket) => unknown])[] = [
  ['is closed', (socket) => socket.end()],
  ['is reset', (socket) => socket.resetAndDestroy()],
];
const CUTS = FRAMES.flatMap(([frame, toFrame]) =>
  ENDS.map(([end, finish]) => [frame, end, toFrame, finish] as const),
);

test.each(CUTS)(
  'follows the id of an answer framed by %s whose connection %s, cut at any byte, exactly where the id had arrived whole',
  async (_frame, _end, toFrame, finish) => {
    const sent = `HTTP/1.1 200 OK\r\nTrace-Id: abc\r\n${toFrame(`{"task_id":"${ID}",${FINE}`)}`;
    let arrives = 0;
    const { host, requests } = await startRawPeer((socket) => {
      // Two turns: in the first one the client reads, so that a reset takes nothing away that has arrived.
      socket.write(sent.slice(0, arrives), () => setImmediate(() => setImmediate(() => finish(socket))));
    });
    for (arrives = 0; arrives <= sent.length; arrives += 1) {
      const body = sent
        .slice(0, arrives)
        .replace(/^[\s\S]*?\r\n\r\n/, '')
        .replaceAll(/(?:^|\r\n)\d\r\n/g, '');
      const isThere = sent.slice(0, arrives).includes('\r\n\r\n') && body.includes(`"${ID}"`);
      const outcome = await client(host)
        .createTask(REQUEST, { signal })
        .catch((error: Failure) => error.name);
      if (isThere) expect(outcome, body).toMatchObject({ taskId: ID, traceId: 'abc' });
      else expect(outcome, body).toBe('SubmitOutcomeUnknown');
    }
    expect(requests()).toBe(sent.length + 1);
  },
);

test.each([
  ['runs out of time', (outOfTime: AbortController) => setTimeout(() => outOfTime.abort(), 50)],
  ['gives up waiting', () => undefined],
])('follows the id of an answer that stops after it when the function %s', async (_name, begin) => {
  const { host } = await startRawPeer((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"task_id":"${ID}",`),
  );
  const outOfTime = new AbortController();
  begin(outOfTime);
  const minimax = createMiniMax({ host, apiKey: async () => KEY, timeoutSeconds: 0.3 });
  expect(await minimax.createTask(REQUEST, { signal: outOfTime.signal })).toEqual({
    taskId: ID,
    isUnconfirmed: true,
  });
});

test('follows the id at the beginning of an answer without end', async () => {
  const { host } = await startRawPeer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n\r\n{"task_id":"${ID}","more":"`);
    const chunk = Buffer.alloc(100_000, 'x');
    for (let count = 0; count < 15; count += 1) socket.write(chunk);
  });
  expect(await client(host).createTask(REQUEST, { signal })).toEqual({ taskId: ID, isUnconfirmed: true });
});

test('names the id of a broken answer that says that it failed, and does not follow it', async () => {
  const body = `{"base_resp":{"status_code":1000,"status_msg":"x"},"task_id":"${ID}"`;
  const { host } = await startRawPeer((socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n${body}`),
  );
  await expect(client(host).createTask(REQUEST, { signal })).rejects.toMatchObject({
    name: 'SubmitOutcomeUnknown',
    taskId: ID,
  });
});

test('does not ask with another key where a broken rejection names a task', async () => {
  const { host, requests } = await startRawPeer((socket) =>
    socket.end(`HTTP/1.1 401 Unauthorized\r\n\r\n{"task_id":"${ID}",`),
  );
  const keys = client(host, async (age) => (age === 'fresh' ? 'sk-new' : KEY));
  await expect(keys.createTask(REQUEST, { signal })).rejects.toMatchObject({ name: 'SubmitOutcomeUnknown' });
  expect(requests()).toBe(1);
});

function whole(answer: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`;
}

test('sends nothing where what is to be done right before fails, and says why', async () => {
  const before = simulator.creates.length;
  const beforeSend = async (): Promise<void> => {
    throw new Failure('StorageUnavailable', 'The mark could not be written.');
  };
  const creating = client(simulator.url).createTask(REQUEST, { signal, beforeSend });
  await expect(creating).rejects.toMatchObject({ name: 'StorageUnavailable' });
  expect(simulator.creates.length).toBe(before);
});

test('does nothing before a create for which there is no key', async () => {
  let marks = 0;
  const beforeSend = async (): Promise<void> => {
    marks += 1;
  };
  const noKey = createMiniMax({
    host: simulator.url,
    apiKey: async () => {
      throw new Error('Secrets Manager is down.');
    },
    timeoutSeconds: 1,
  });
  await expect(noKey.createTask(REQUEST, { signal, beforeSend })).rejects.toMatchObject({
    name: 'MiniMaxBusy',
  });
  expect(marks).toBe(0);
});
