import { setTimeout as after } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import type { CheckedJob, CopiedJob } from '../../lambdas/core/job/job.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { functionOf } from '../../local/template/deployment.ts';
import {
  REQUEST,
  type RunningService,
  serve,
  synthesizeForSimulator,
  visitedStates,
} from '../harness/running-service.ts';

/** A wait longer than the test's own timeout, so that a lost callback fails the test. */
const LONG_MS = 600_000;
const WAIT = 'Wait for callback';
const MIN_CHECK_INTERVAL_SECONDS = 2;

const services = new AsyncDisposableStack();
let running: RunningService;
/** A service that waits between two checks, as a deployed stack does. */
let debounced: RunningService;
/** The timeouts of the next waits without a callback. Later waits last `LONG_MS`. */
let waitsMs: readonly number[] = [];
/** How often each type of event occurred. */
const endings = new Map<string, number>();
beforeAll(async () => {
  running = await startService({});
  debounced = await startService({ QUERY_PAUSE_SECONDS: String(MIN_CHECK_INTERVAL_SECONDS) });
});
afterAll(() => services.disposeAsync());

async function startService(variables: Readonly<Record<string, string>>): Promise<RunningService> {
  const stack = await synthesizeForSimulator({ callbacks: true }, variables);
  services.defer(() => stack.stop());
  const nextWaitMs = (): number => {
    const [next = LONG_MS, ...others] = waitsMs;
    waitsMs = others;
    return next;
  };
  const service = await serve(stack, { pauseMs: 20, waitMs: nextWaitMs });
  services.defer(() => service.stop());
  return service;
}

/** A video that MiniMax is making, as its callers see it. */
interface Making {
  readonly on: RunningService;
  readonly execution: LocalExecution;
  readonly taskId: string;
  /** The `callback_url` that MiniMax was given. */
  readonly callbackUrl: string;
}

/** POSTs a request, and returns when its execution waits for a callback. */
async function make(script: Scenario, on = running): Promise<Making> {
  on.simulator.script(script);
  const { video_id } = (await (await on.post(REQUEST)).json()) as Video;
  const execution = executionOf(on, video_id);
  while (!visitedStates(execution).includes(WAIT)) await after(5);
  const { taskId = '', body } = on.simulator.creates.at(-1) ?? {};
  const { callback_url: callbackUrl } = body as { readonly callback_url: string };
  return { on, execution, taskId, callbackUrl };
}

function executionOf({ service }: RunningService, videoId: string): LocalExecution {
  const execution = service.engine.executions.get(videoId);
  if (execution === undefined) throw new Error(`There is no execution ${videoId}.`);
  return execution;
}

/** Returns when the execution is in a state of such a name. */
async function stateOf({ execution }: Making, name: RegExp): Promise<void> {
  while (!name.test(visitedStates(execution).at(-1) ?? '')) await after(5);
}

async function call(
  url: string,
  body: string | Buffer<ArrayBuffer> | undefined = '{}',
  coding = 'identity',
): Promise<[status: number, body: string]> {
  const headers = { 'content-type': 'application/json', 'content-encoding': coding };
  const answer = await fetch(url, { method: 'POST', headers, body });
  return [answer.status, await answer.text()];
}

function copies(execution: LocalExecution): number {
  return visitedStates(execution).filter((name) => name === 'Copy video').length;
}

function jobStateOf({ output = '{}' }: LocalExecution): CopiedJob {
  return JSON.parse(output);
}

/** Every output of `Check task`. */
function checks({ events }: LocalExecution): readonly CheckedJob[] {
  return events
    .filter(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Check task')
    .map(({ stateExitedEventDetails }) => JSON.parse(stateExitedEventDetails?.output ?? ''));
}

/** Milliseconds between two checks. */
function pausesOf(execution: LocalExecution): readonly number[] {
  const times = checks(execution).map(({ check }) => Date.parse(check.checked_at));
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

function tokenOf(callbackUrl: string): string {
  return callbackUrl.slice(callbackUrl.lastIndexOf('/') + 1);
}

interface Row {
  readonly fault: string;
  /** @default the task never ends by itself, and MiniMax sends one callback */
  readonly script?: Scenario;
  /** Whether two checks have to be some seconds apart. @default false */
  readonly isDebounced?: boolean;
  /** The timeouts of its first waits. @default all waits last `LONG_MS` */
  readonly waitsMs?: readonly number[];
  /** What happens during the wait. @default only what the script says */
  readonly meanwhile?: (making: Making) => unknown;
  readonly maxPolls: number;
  readonly received?: number;
  /** @default true */
  readonly active?: boolean;
  readonly note?: RegExp;
  /** Creates that reached MiniMax. @default 1 */
  readonly creates?: number;
}

const NEVER_ENDING = ['Processing'];
const RECEIVED: readonly unknown[] = [200, '{}'];

/** MiniMax ends the task, and calls back. */
async function finish({ on, taskId, callbackUrl }: Making): Promise<void> {
  on.simulator.finish(taskId);
  await call(callbackUrl);
}

/** The callback function, in this process: a hundred of its workers would slow down the other tests. */
async function senderOf({
  on,
  execution,
  callbackUrl,
}: Making): Promise<() => Promise<APIGatewayProxyResult>> {
  const { environment } = functionOf(on.service.deployment, 'ReceiveCallback');
  for (const [name, value] of Object.entries({ ...on.service.environment, ...environment }))
    vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  const { handler } = await import('../../lambdas/receive-callback.ts');
  const pathParameters = {
    video_id: execution.name,
    token: tokenOf(callbackUrl),
  };
  const requestContext = { requestId: 'r', identity: {} };
  const event = { pathParameters, body: '{}', requestContext } as unknown as APIGatewayProxyEvent;
  return () => handler(event, { awsRequestId: 'a' } as Context);
}

/** Wrong addresses that resemble the `callback_url` of this video. */
function forgeriesOf({ execution: { name }, callbackUrl }: Making): readonly string[] {
  const base = callbackUrl.slice(0, callbackUrl.lastIndexOf('/callbacks/'));
  const token = tokenOf(callbackUrl);
  return [
    `${base}/callbacks/${name}/${'A'.repeat(43)}`,
    `${base}/callbacks/${name}/${token.slice(0, -1)}`,
    `${base}/callbacks/${name}/${token}%00`,
    `${base}/callbacks/${name}/${'x'.repeat(5000)}`,
    `${base}/callbacks/nobody/${token}`,
    `${base}/callbacks/..%2F..%2F${name}/${token}`,
    `${base}/callbacks/${'x'.repeat(5000)}/${token}`,
  ];
}

async function expectRefused(urls: readonly string[]): Promise<void> {
  const answers = await Promise.all(
    urls.flatMap((url) => [call(url), call(url, '{"challenge":"abc"}'), call(url, 'x'.repeat(1_000_000))]),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([NOT_FOUND]));
}

const NOT_FOUND = JSON.stringify([
  404,
  JSON.stringify({
    type: 'urn:template-video:problem:path-not-found',
    status: 404,
    title: 'There is no such path',
    detail: 'There is nothing at this address.',
  }),
]);

const ROWS: readonly Row[] = [
  { fault: 'none: MiniMax calls back at each change', script: {}, maxPolls: 3, received: 3 },
  {
    fault: 'MiniMax never calls back',
    script: { callbacks: { times: 0 } },
    waitsMs: [50, 50, 50],
    maxPolls: 3,
    received: 0,
  },
  { fault: 'MiniMax calls back twice at each change', script: { callbacks: { times: 2 } }, maxPolls: 6 },
  {
    fault: 'MiniMax calls back before it answers the create',
    script: { queries: ['Success'], callbacks: { isEarly: true, times: 0 } },
    maxPolls: 1,
    received: 1,
  },
  {
    fault: 'a callback says success before the task has succeeded',
    meanwhile: async (making) => {
      const success = '{"status":"success","video_url":"http://x.example/"}';
      expect(await call(making.callbackUrl, success)).toEqual(RECEIVED);
      await after(200);
      await finish(making);
    },
    maxPolls: 4,
  },
  {
    fault: 'a hundred callbacks, as many at once as API Gateway allows',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    isDebounced: true,
    meanwhile: async (making) => {
      const callback = await senderOf(making);
      for (let volley = 0; volley < 5; volley += 1) {
        const answers = await Promise.all(Array.from({ length: 20 }, callback));
        expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
      }
      await after(2 * MIN_CHECK_INTERVAL_SECONDS * 1000);
      await finish(making);
    },
    maxPolls: 12,
  },
  {
    fault: 'forged tokens',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      await expectRefused(forgeriesOf(making));
      expect(visitedStates(making.execution).at(-1)).toBe(WAIT);
      await finish(making);
    },
    maxPolls: 1,
    received: 1,
  },
  {
    fault: "other videos' tokens, and the callback_url of a video that has ended",
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      const ended = await make({ queries: ['Success'] });
      await running.endOf(ended.execution.name);
      const [theirs = '', ours = ''] = [ended, making].map(({ callbackUrl }) => tokenOf(callbackUrl));
      const swapped = [making.callbackUrl.replace(ours, theirs), ended.callbackUrl.replace(theirs, ours)];
      await expectRefused([...swapped, ended.callbackUrl]);
      expect(visitedStates(making.execution).at(-1)).toBe(WAIT);
      await finish(making);
    },
    maxPolls: 1,
    received: 1,
  },
  ...[
    ['5 MB, with a challenge in them', `{"challenge":"${'x'.repeat(5_000_000)}"}`],
    ['nothing', ''],
    ['a challenge that is not UTF-8', Buffer.from('{"challenge":"Löwe"}', 'latin1')],
    ['no JSON', '\u0000\uffff{'],
  ].map(
    ([what, body]): Row => ({
      fault: `a body of ${what}`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      meanwhile: async (making) => {
        expect(await call(making.callbackUrl, body)).toEqual(RECEIVED);
        await finish(making);
      },
      maxPolls: 3,
    }),
  ),
  ...[['gzip', gzipSync] as const, ['br', brotliCompressSync] as const].map(
    ([coding, encode]): Row => ({
      fault: `a challenge in ${coding}`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      meanwhile: async (making) => {
        const challenge = '{"challenge":"again"}';
        expect(await call(making.callbackUrl, encode(challenge), coding)).toEqual([200, challenge]);
        await finish(making);
      },
      maxPolls: 1,
      received: 1,
    }),
  ),
  {
    fault: 'a body of 10 MB',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      const [status] = await call(making.callbackUrl, 'x'.repeat(10 * 1024 * 1024));
      expect(status).toBe(413);
      await finish(making);
    },
    maxPolls: 1,
    received: 1,
  },
  ...['a text', '', 17].map(
    (value): Row => ({
      fault: `a challenge that is ${JSON.stringify(value)}`,
      script: { queries: ['Success'], callbacks: { challenge: { value } } },
      maxPolls: 1,
      received: 1,
    }),
  ),
  ...[2 ** 53, true, { a: [null] }].map(
    (value): Row => ({
      fault: `a challenge that is not echoed, ${JSON.stringify(value)}: MiniMax refuses the callback_url`,
      script: { callbacks: { challenge: { value } } },
      waitsMs: [50, 50, 50],
      maxPolls: 4,
      active: false,
      note: /^MiniMax refused the callback_url /,
      creates: 2,
    }),
  ),
  {
    fault: 'MiniMax sends no challenge',
    script: { callbacks: { challenge: 'left out', times: 0 } },
    waitsMs: [50, 50, 50],
    maxPolls: 3,
    received: 0,
    active: false,
    note: /^MiniMax took the task, but never sent its challenge\.$/,
  },
  {
    fault: 'MiniMax sends no challenge, but calls back',
    script: { queries: ['Success'], callbacks: { challenge: 'left out' } },
    maxPolls: 1,
    received: 1,
    active: false,
  },
  {
    fault: 'MiniMax refuses the callback_url',
    script: { callbacks: { challenge: 'refused' } },
    waitsMs: [50, 50, 50],
    maxPolls: 3,
    received: 0,
    active: false,
    note: /^MiniMax refused the callback_url \(code 2013 "invalid params, callback_url is not reachable" \(Trace-Id \w+\)\), and took the task without it\.$/,
    creates: 2,
  },
  {
    fault: 'MiniMax calls back during a check, and answers the check with the earlier status',
    script: { queries: [{ reply: 'whole', afterMs: 400 }], callbacks: { times: 1 } },
    meanwhile: async (making) => {
      await stateOf(making, /^Check task$/);
      await after(200);
      await finish(making);
    },
    maxPolls: 3,
  },
  ...Array.from({ length: 21 }, (_, index) => 5 * index).map(
    (milliseconds): Row => ({
      fault: `MiniMax calls back at the time of the timeout: after ${milliseconds} of some 40 ms`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      waitsMs: [40],
      meanwhile: async (making) => {
        await after(milliseconds);
        await finish(making);
      },
      maxPolls: 2,
    }),
  ),
];

test.each(ROWS.map((row) => [row.fault, row] as const))('%s', async (_fault, row) => {
  const on = row.isDebounced === true ? debounced : running;
  const before = on.simulator.creates.length;
  waitsMs = row.waitsMs ?? [];
  const making = await make(row.script ?? { queries: NEVER_ENDING }, on);
  const creates = on.simulator.creates.slice(before);
  await row.meanwhile?.(making);
  const execution = await on.endOf(making.execution.name);

  for (const { type = '' } of execution.events) endings.set(type, (endings.get(type) ?? 0) + 1);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(creates.length).toBe(row.creates ?? 1);
  expect(creates.filter(({ taskId }) => taskId !== undefined)).toHaveLength(1);
  expect(copies(execution)).toBe(1);
  const { check, callbacks, ...job } = jobStateOf(execution);
  expect(check.polls).toBeLessThanOrEqual(row.maxPolls);
  expect(callbacks).toMatchObject({ active: row.active ?? true });
  if (row.received !== undefined) expect(callbacks?.received).toBe(row.received);
  if (row.note !== undefined) expect(callbacks?.note).toMatch(row.note);
  expect(job).not.toHaveProperty('callback');
  if (row.isDebounced === true)
    expect(Math.min(...pausesOf(execution))).toBeGreaterThanOrEqual(MIN_CHECK_INTERVAL_SECONDS * 1000);
});

test('the rows above end waits in both ways, and none with an error', () => {
  for (const type of ['TaskSucceeded', 'TaskTimedOut']) expect(endings.get(type), type).toBeGreaterThan(2);
  expect(endings.get('TaskFailed')).toBeUndefined();
});

test('polls a video whose callbacks are not active', async () => {
  waitsMs = [20];
  const { execution } = await make({ callbacks: { challenge: 'left out', times: 0 } });
  await running.endOf(execution.name);
  expect(visitedStates(execution).filter((name) => name.startsWith('Wait'))).toEqual([WAIT, 'Wait', 'Wait']);
});

test('accepts twenty callbacks of a video, and polls after them', async () => {
  waitsMs = [];
  const making = await make({ queries: NEVER_ENDING, callbacks: { times: 0 } });
  const { execution } = making;
  for (let received = 1; received <= 20; received += 1) {
    await call(making.callbackUrl);
    while (checks(execution).length < received) await after(5);
    await stateOf(making, /^Wait/);
  }
  expect(visitedStates(execution).at(-1)).toBe('Wait');
  running.simulator.finish(making.taskId);
  const { callbacks } = jobStateOf(await running.endOf(execution.name));
  expect(callbacks).toMatchObject({ active: false, received: 20, note: expect.stringContaining('20 times') });
});

test('refuses a callback after the end, and continues without callbacks when it is redriven', async () => {
  waitsMs = [];
  const making = await make({ queries: ['Fail'] });
  const failed = await running.endOf(making.execution.name);
  expect(failed.status).toBe('FAILED');
  expect(await call(making.callbackUrl)).toMatchObject([404, expect.anything()]);
  running.simulator.finish(making.taskId);
  running.service.engine.redrive(failed.name);
  const redriven = await running.endOf(failed.name);
  expect(redriven.status).toBe('SUCCEEDED');
  expect(jobStateOf(redriven)).not.toHaveProperty('callbacks');
});

test('gives callers a short retry-after during a wait', async () => {
  waitsMs = [];
  const making = await make({ queries: NEVER_ENDING, callbacks: { times: 0 } });
  const answer = await fetch(`${running.service.url}/videos/${making.execution.name}`);
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(10);
  expect(await answer.json()).toMatchObject({ state: WAIT, next_check_at: expect.any(String) });
  await finish(making);
  await running.endOf(making.execution.name);
});

test('logs each call with its video and its status, and nothing of a token or a body', async () => {
  waitsMs = [];
  const making = await make({ queries: NEVER_ENDING, callbacks: { times: 0 } });
  const token = tokenOf(making.callbackUrl);
  const guessed = 'A'.repeat(43);
  await call(making.callbackUrl, '{"status":"a body of a callback"}');
  await call(making.callbackUrl.replace(token, guessed), '{"status":"a body of a guess"}');
  await finish(making);
  await running.endOf(making.execution.name);
  const lines = running
    .log()
    .split('\n')
    .filter((line) => line.includes('/callbacks/') && line.includes(making.execution.name));
  const logged = lines
    .map((line) => JSON.parse(line))
    .map(({ message, call, status }) => [message, call, status]);
  const address = 'POST /callbacks/{video_id}/{token}';
  expect(logged.filter(([, , status]) => status === 404)).toEqual([['answered', address, 404]]);
  expect(logged.filter(([, , status]) => status === 200).length).toBeGreaterThanOrEqual(2);
  for (const secret of [token, guessed, 'a body of']) expect(running.log()).not.toContain(secret);
});
