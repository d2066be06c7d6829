import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { listen, readBody } from '../../../local/loopback-server.ts';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';

const KEY = 'sk-test';
const CLIP = join(import.meta.dirname, '..', '..', '..', 'local', 'simulator', 'clip.mp4');
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ apiKey: KEY });
});
afterAll(() => simulator.stop());

async function call(method: string, path: string, body?: unknown, key = KEY): Promise<Response> {
  return fetch(`${simulator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

const create = (body: unknown = { template_id: '1' }): Promise<Response> =>
  call('POST', '/v1/video_template_generation', body);
const query = (taskId: string): Promise<Response> =>
  call('GET', `/v1/query/video_template_generation?task_id=${taskId}`);

/** Without the connections that fetch keeps. */
async function createOnNewConnection(): Promise<void> {
  const url = `${simulator.url}/v1/video_template_generation`;
  await once(request(url, { method: 'POST', agent: false }).end('{}'), 'response');
}

async function createdTask(): Promise<string> {
  const { task_id } = (await (await create()).json()) as { readonly task_id: string };
  return task_id;
}

test('accepts a create with an id beyond 2^53 and a Trace-Id', async () => {
  const answer = await create();
  expect(answer.headers.get('trace-id')).toMatch(/^[0-9a-f]{32}$/);
  const { task_id, base_resp } = (await answer.json()) as {
    readonly task_id: string;
    readonly base_resp: object;
  };
  expect(base_resp).toEqual({ status_code: 0, status_msg: 'success' });
  expect(BigInt(task_id)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
});

test('answers with the statuses of the scenario in turn, and repeats the last', async () => {
  simulator.script({ queries: ['Preparing', 'Processing', 'Success'] });
  const task = await createdTask();
  const statuses = [];
  for (let check = 0; check < 4; check += 1) {
    const { status } = (await (await query(task)).json()) as { readonly status: string };
    statuses.push(status);
  }
  expect(statuses).toEqual(['Preparing', 'Processing', 'Success', 'Success']);
  expect(simulator.queries.get(task)).toBe(4);
});

test('gives a link on success only, and real MP4 bytes behind it', async () => {
  simulator.script({ queries: ['Processing', 'Success'] });
  const task = await createdTask();
  expect(await (await query(task)).json()).toMatchObject({ status: 'Processing', video_url: '' });
  const { video_url } = (await (await query(task)).json()) as { readonly video_url: string };
  const bytes = Buffer.from(await (await fetch(video_url)).arrayBuffer());
  expect(bytes.equals(await readFile(CLIP))).toBe(true);
  expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
  expect(bytes.length).toBeLessThan(300_000);
});

test('counts an accepted create whose answer was lost', async () => {
  const before = simulator.creates.length;
  simulator.script({ create: { reply: 'lost' } });
  await expect(create()).rejects.toThrow('fetch failed');
  simulator.script({ create: { code: 1002 } });
  expect(await (await create()).json()).toEqual({
    base_resp: { status_code: 1002, status_msg: 'simulated' },
  });
  expect(simulator.creates.slice(before).map(({ taskId }) => taskId !== undefined)).toEqual([true, false]);
});

test('delays an answer by `afterMs`', async () => {
  simulator.script({ create: { reply: 'whole', afterMs: 60 } });
  const startedAt = performance.now();
  await create();
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(50);
});

test.each([
  ['bare', /^\{"base_resp":\{"status_code":0,"status_msg":"success"\}\}$/],
  ['unmarked', /^\{"task_id":"\d{18}"\}$/],
  ['empty', /^$/],
  ['page', /^<html>/],
] as const)('accepts a create and gives a %s answer', async (reply, text) => {
  simulator.script({ create: { reply } });
  expect(await (await create()).text()).toMatch(text);
  expect(simulator.creates.at(-1)?.taskId).toMatch(/^\d{18}$/);
});

test.each(['lost', 'cut', 'chunks'] as const)('accepts a create whose answer is %s', async (reply) => {
  const before = simulator.creates.length;
  simulator.script({ create: { reply } });
  await expect(create().then((answer) => answer.text())).rejects.toThrow(/fetch failed|terminated/);
  expect(simulator.creates.slice(before)).toMatchObject([{ taskId: expect.any(String) }]);
});

test('counts a create that it did not read completely, without a task', async () => {
  const before = simulator.creates.length;
  simulator.script({ create: 'close after the headers' });
  await expect(create()).rejects.toThrow('fetch failed');
  simulator.closeNextConnection();
  await expect(createOnNewConnection()).rejects.toThrow('socket hang up');
  expect(simulator.creates.slice(before)).toEqual([{}, {}]);
});

test('refuses connections during an outage, and keeps its tasks', async () => {
  const task = await createdTask();
  await simulator.outage.begin();
  await expect(query(task)).rejects.toThrow('fetch failed');
  await simulator.outage.end();
  expect(await (await query(task)).json()).toMatchObject({ task_id: task });
});

test.each([
  ['a wrong key', () => call('POST', '/v1/video_template_generation', { template_id: '1' }, 'wrong'), 1004],
  ['a create without template', () => create({}), 2013],
  ['an unknown task', () => query('1'), 2013],
])('rejects %s inside a 200', async (_name, send, code) => {
  const answer = await send();
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ base_resp: { status_code: code } });
});

/** A server for callbacks, which keeps their bodies. */
async function startCallee(answer: (body: string) => string) {
  const bodies: string[] = [];
  const server = await listen(
    createServer(),
    async (incoming, response) => {
      const body = await readBody(incoming);
      bodies.push(body);
      response.end(answer(body));
    },
    0,
  );
  onTestFinished(() => server.stop());
  return { url: `${server.url}/callbacks`, bodies };
}

const withCallback = (callback_url: string): Promise<Response> => create({ template_id: '1', callback_url });

test('sends a challenge during the create, and a callback without the result at each change', async () => {
  const callee = await startCallee((body) => body);
  simulator.script({ queries: ['Processing', 'Success'], callbacks: { challenge: { value: { a: [1] } } } });
  const { task_id } = (await (await withCallback(callee.url)).json()) as { readonly task_id: string };
  expect(callee.bodies[0]).toBe('{"challenge":{"a":[1]}}');
  await expect.poll(() => callee.bodies).toHaveLength(2);
  await query(task_id);
  await expect.poll(() => callee.bodies).toHaveLength(3);
  expect(JSON.parse(callee.bodies[2] ?? '')).toEqual({ task_id, status: 'processing' });
  await query(task_id);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(callee.bodies).toHaveLength(3);
  expect(simulator.calls.slice(-3)).toEqual([200, 200, 200]);
});

test.each([
  ['the callback_url answers with another value', () => '{"challenge":"other"}'],
  ['the callback_url answers with nothing', () => ''],
])('rejects a create with 2013 where %s', async (_what, answer) => {
  const callee = await startCallee(answer);
  const before = simulator.creates.length;
  expect(await (await withCallback(callee.url)).json()).toMatchObject({
    base_resp: { status_code: 2013, status_msg: expect.stringContaining('callback_url') },
  });
  expect(simulator.creates.slice(before)).toEqual([
    expect.not.objectContaining({ taskId: expect.anything() }),
  ]);
});

test('rejects a create whose callback_url refuses the connection', async () => {
  expect(await (await withCallback('http://127.0.0.1:9/callbacks')).json()).toMatchObject({
    base_resp: { status_code: 2013 },
  });
  expect(simulator.calls.at(-1)).toBe('no answer');
});
