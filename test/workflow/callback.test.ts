import { setTimeout as after } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
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

/** So long that a video whose ring was lost is not ready before the test's own time is over. */
const LONG_MS = 600_000;
const WAIT = 'Wait for callback';
const REST_SECONDS = 2;

const services = new AsyncDisposableStack();
let running: RunningService;
/** The same with some of the rest between two looks that a deployed stack has. */
let resting: RunningService;
/** How long the next waits last when nobody rings; one that is not in it lasts for ever. */
let waitsMs: readonly number[] = [];
/** How the waits have ended: with an event of this type. */
const endings = new Map<string, number>();
beforeAll(async () => {
  running = await startService({});
  resting = await startService({ QUERY_PAUSE_SECONDS: String(REST_SECONDS) });
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

/** A video that is being made, seen from outside. */
interface Making {
  readonly on: RunningService;
  readonly execution: LocalExecution;
  readonly taskId: string;
  /** Where MiniMax calls. */
  readonly callbacks: string;
}

/** POSTs a request, and waits until its execution has begun to wait. */
async function make(script: Scenario, on = running): Promise<Making> {
  on.simulator.script(script);
  const { video_id } = (await (await on.post(REQUEST)).json()) as Video;
  const execution = executionOf(on, video_id);
  while (!visitedStates(execution).includes(WAIT)) await after(5);
  const { taskId = '', body } = on.simulator.creates.at(-1) ?? {};
  return { on, execution, taskId, callbacks: (body as { readonly callback_url: string }).callback_url };
}

function executionOf({ service }: RunningService, videoId: string): LocalExecution {
  const execution = service.engine.executions.get(videoId);
  if (execution === undefined) throw new Error(`There is no execution ${videoId}.`);
  return execution;
}

/** Waits until a video is in a state of such a name. */
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

/** Every card that `Check task` has handed on. */
function checks({ events }: LocalExecution): readonly CheckedJob[] {
  return events
    .filter(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Check task')
    .map(({ stateExitedEventDetails }) => JSON.parse(stateExitedEventDetails?.output ?? ''));
}

/** Milliseconds between two looks. */
function pausesOf(execution: LocalExecution): readonly number[] {
  const looks = checks(execution).map(({ check }) => Date.parse(check.checked_at));
  return looks.slice(1).map((look, index) => look - (looks[index] ?? 0));
}

interface Row {
  readonly fault: string;
  /** @default never done by itself, and it rings once */
  readonly script?: Scenario;
  /** Whether two looks have to be some seconds apart. @default false */
  readonly isResting?: boolean;
  /** How long its waits last when nobody rings, and for ever after these. @default for ever */
  readonly waitsMs?: readonly number[];
  /** What happens while it waits. @default nothing but what the script says */
  readonly meanwhile?: (making: Making) => unknown;
  /** Looks at the task, at most. */
  readonly looks: number;
  readonly received?: number;
  /** @default true */
  readonly active?: boolean;
  readonly note?: RegExp;
  /** Creates that reached MiniMax. @default 1 */
  readonly creates?: number;
}

const NEVER_ENDING = ['Processing'];
const RECEIVED: readonly unknown[] = [200, '{}'];

/** MiniMax is done, and rings. */
async function finish({ on, taskId, callbacks }: Making): Promise<void> {
  on.simulator.finish(taskId);
  await call(callbacks);
}

/** The function behind the bell, in this process: a hundred of its workers would hold up everything else on this machine. */
async function senderOf({ on, execution, callbacks }: Making): Promise<() => Promise<APIGatewayProxyResult>> {
  const { environment } = functionOf(on.service.deployment, 'ReceiveCallback');
  for (const [name, value] of Object.entries({ ...on.service.environment, ...environment }))
    vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  const { handler } = await import('../../lambdas/receive-callback.ts');
  const pathParameters = { video_id: execution.name, token: callbacks.slice(callbacks.lastIndexOf('/') + 1) };
  const event = { pathParameters, body: '{}', requestContext: { requestId: 'r' } };
  return () => handler(event as unknown as APIGatewayProxyEvent);
}

/** Addresses that look like that of this video's bell, and are not. */
function forgeriesOf({ execution: { name }, callbacks }: Making): readonly string[] {
  const base = callbacks.slice(0, callbacks.lastIndexOf('/callbacks/'));
  const token = callbacks.slice(callbacks.lastIndexOf('/') + 1);
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
  { fault: 'none: it rings at each change', script: {}, looks: 3, received: 3 },
  {
    fault: 'it never rings',
    script: { callbacks: { times: 0 } },
    waitsMs: [50, 50, 50],
    looks: 3,
    received: 0,
  },
  { fault: 'it rings twice at each change', script: { callbacks: { times: 2 } }, looks: 6 },
  {
    fault: 'it rings before the create is answered',
    script: { queries: ['Success'], callbacks: { isEarly: true, times: 0 } },
    looks: 1,
    received: 1,
  },
  {
    fault: 'it says success before it is one',
    meanwhile: async (making) => {
      const success = '{"status":"success","video_url":"http://x.example/"}';
      expect(await call(making.callbacks, success)).toEqual(RECEIVED);
      await after(200);
      await finish(making);
    },
    looks: 4,
  },
  {
    fault: 'a hundred rings, as many at once as API Gateway lets through',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    isResting: true,
    meanwhile: async (making) => {
      const callback = await senderOf(making);
      for (let volley = 0; volley < 5; volley += 1) {
        const answers = await Promise.all(Array.from({ length: 20 }, callback));
        expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
      }
      await after(2 * REST_SECONDS * 1000);
      await finish(making);
    },
    looks: 12,
  },
  {
    fault: 'forged tokens',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      await expectRefused(forgeriesOf(making));
      expect(visitedStates(making.execution).at(-1)).toBe(WAIT);
      await finish(making);
    },
    looks: 1,
    received: 1,
  },
  {
    fault: "other videos' tokens, and the bell of a video that has ended",
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      const ended = await make({ queries: ['Success'] });
      await running.endOf(ended.execution.name);
      const [theirs = '', ours = ''] = [ended, making].map(({ callbacks }) =>
        callbacks.slice(callbacks.lastIndexOf('/') + 1),
      );
      const swapped = [making.callbacks.replace(ours, theirs), ended.callbacks.replace(theirs, ours)];
      await expectRefused([...swapped, ended.callbacks]);
      expect(visitedStates(making.execution).at(-1)).toBe(WAIT);
      await finish(making);
    },
    looks: 1,
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
        expect(await call(making.callbacks, body)).toEqual(RECEIVED);
        await finish(making);
      },
      looks: 3,
    }),
  ),
  ...[['gzip', gzipSync] as const, ['br', brotliCompressSync] as const].map(
    ([coding, encode]): Row => ({
      fault: `a challenge in ${coding}`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      meanwhile: async (making) => {
        const challenge = '{"challenge":"again"}';
        expect(await call(making.callbacks, encode(challenge), coding)).toEqual([200, challenge]);
        await finish(making);
      },
      looks: 1,
      received: 1,
    }),
  ),
  {
    fault: 'a body of 10 MB',
    script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
    meanwhile: async (making) => {
      const [status] = await call(making.callbacks, 'x'.repeat(10 * 1024 * 1024));
      expect(status).toBe(413);
      await finish(making);
    },
    looks: 1,
    received: 1,
  },
  ...['a text', '', 17, 3.5e300, true, null, ['a', { b: 1 }], { a: [null] }].map(
    (value): Row => ({
      fault: `a challenge that is ${JSON.stringify(value)}`,
      script: { queries: ['Success'], callbacks: { challenge: { value } } },
      looks: 1,
      received: 1,
    }),
  ),
  {
    fault: 'the bell was never tried',
    script: { callbacks: { challenge: 'left out', times: 0 } },
    waitsMs: [50, 50, 50],
    looks: 3,
    received: 0,
    active: false,
    note: /^MiniMax took the task, but never tried the bell\.$/,
  },
  {
    fault: 'the bell was never tried, and rings all the same',
    script: { queries: ['Success'], callbacks: { challenge: 'left out' } },
    looks: 1,
    received: 1,
    active: false,
  },
  {
    fault: 'MiniMax refuses the callback',
    script: { callbacks: { challenge: 'refused' } },
    waitsMs: [50, 50, 50],
    looks: 3,
    received: 0,
    active: false,
    note: /^MiniMax refused to ring \(code 2013 "invalid params, callback_url is not reachable" \(Trace-Id \w+\)\), and took the task without\.$/,
    creates: 2,
  },
  {
    fault: 'it rings while MiniMax is being asked, and answers what it was before',
    script: { queries: [{ reply: 'whole', afterMs: 400 }], callbacks: { times: 1 } },
    meanwhile: async (making) => {
      await stateOf(making, /^Check task$/);
      await after(200);
      await finish(making);
    },
    looks: 3,
  },
  ...Array.from({ length: 21 }, (_, index) => 5 * index).map(
    (milliseconds): Row => ({
      fault: `it rings in the instant of the timeout: after ${milliseconds} of some 40 ms`,
      script: { queries: NEVER_ENDING, callbacks: { times: 0 } },
      waitsMs: [40],
      meanwhile: async (making) => {
        await after(milliseconds);
        await finish(making);
      },
      looks: 2,
    }),
  ),
];

test.each(ROWS.map((row) => [row.fault, row] as const))('%s', async (_fault, row) => {
  const on = row.isResting === true ? resting : running;
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
  const { check, callbacks, ...card } = jobStateOf(execution);
  expect(check.polls).toBeLessThanOrEqual(row.looks);
  expect(callbacks).toMatchObject({ active: row.active ?? true });
  if (row.received !== undefined) expect(callbacks?.received).toBe(row.received);
  if (row.note !== undefined) expect(callbacks?.note).toMatch(row.note);
  expect(card).not.toHaveProperty('callback');
  if (row.isResting === true)
    expect(Math.min(...pausesOf(execution))).toBeGreaterThanOrEqual(REST_SECONDS * 1000);
});

test('ended waits in both ways while all that happened, and broke none', () => {
  for (const type of ['TaskSucceeded', 'TaskTimedOut']) expect(endings.get(type), type).toBeGreaterThan(2);
  expect(endings.get('TaskFailed')).toBeUndefined();
});

test('waits for no callback where nobody listens', async () => {
  waitsMs = [20];
  const { execution } = await make({ callbacks: { challenge: 'left out', times: 0 } });
  await running.endOf(execution.name);
  expect(visitedStates(execution).filter((name) => name.startsWith('Wait'))).toEqual([WAIT, 'Wait', 'Wait']);
});

test('listens to twenty rings and no more, and polls from then on', async () => {
  waitsMs = [];
  const making = await make({ queries: NEVER_ENDING, callbacks: { times: 0 } });
  const { execution } = making;
  for (let received = 1; received <= 20; received += 1) {
    await call(making.callbacks);
    while (checks(execution).length < received) await after(5);
    await stateOf(making, /^Wait/);
  }
  expect(visitedStates(execution).at(-1)).toBe('Wait');
  running.simulator.finish(making.taskId);
  const { callbacks } = jobStateOf(await running.endOf(execution.name));
  expect(callbacks).toMatchObject({
    active: false,
    received: 20,
    note: expect.stringContaining('20 callbacks'),
  });
});

test('leaves no note behind after the end, and goes on without a bell when it is redriven', async () => {
  waitsMs = [];
  const making = await make({ queries: ['Fail'] });
  const failed = await running.endOf(making.execution.name);
  expect(failed.status).toBe('FAILED');
  expect(await call(making.callbacks)).toMatchObject([404, expect.anything()]);
  running.simulator.finish(making.taskId);
  running.service.engine.redrive(failed.name);
  const redriven = await running.endOf(failed.name);
  expect(redriven.status).toBe('SUCCEEDED');
  expect(jobStateOf(redriven)).not.toHaveProperty('callbacks');
});

test('tells callers who ask how it is doing to ask again soon', async () => {
  waitsMs = [];
  const making = await make({ queries: NEVER_ENDING, callbacks: { times: 0 } });
  const answer = await fetch(`${running.service.url}/videos/${making.execution.name}`);
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(10);
  expect(await answer.json()).toMatchObject({ state: WAIT, next_check_at: expect.any(String) });
  await finish(making);
  await running.endOf(making.execution.name);
});
