import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Video } from '../../lambdas/core/answer.ts';
import type { CheckedJob, CopiedJob } from '../../lambdas/core/job.ts';
import type { LocalExecution } from '../../local/engine/engine.ts';
import type { Script } from '../../local/simulator/script.ts';
import {
  REQUEST,
  type RunningService,
  type SimulatedStack,
  serve,
  synthesizeForSimulator,
  visitedStates,
} from '../running-service.ts';

/** So long that a video whose ring was lost is not ready before the test's own time is over. */
const LONG_MS = 600_000;
const REST_SECONDS = 2;

let stack: SimulatedStack;
let running: RunningService;
let waitMs = LONG_MS;
beforeAll(async () => {
  stack = await synthesizeForSimulator({ doorbell: true });
  running = await serve(stack, { pauseMs: 20, waitMs: () => waitMs });
});
afterAll(async () => {
  await running.stop();
  await stack.stop();
});

/** A video that is being made, seen from outside. */
interface Making {
  readonly execution: LocalExecution;
  readonly taskId: string;
  /** Where MiniMax calls. */
  readonly bell: string;
}

/** POSTs a request, and waits until its execution has begun to wait. */
async function make(script: Script, on = running): Promise<Making> {
  on.simulator.script(script);
  const { video_id } = (await (await on.post(REQUEST)).json()) as Video;
  const execution = executionOf(on, video_id);
  while (!visitedStates(execution).includes('Wait')) await after(5);
  const { taskId = '', body } = on.simulator.creates.at(-1) ?? {};
  return { execution, taskId, bell: (body as { readonly callback_url: string }).callback_url };
}

function executionOf({ service }: RunningService, videoId: string): LocalExecution {
  const execution = service.engine.executions.get(videoId);
  if (execution === undefined) throw new Error(`There is no execution ${videoId}.`);
  return execution;
}

/** Waits until an execution is in a state of such a name. */
async function stateOf(on: RunningService, videoId: string, name: RegExp): Promise<void> {
  for (;;) {
    const last = visitedStates(executionOf(on, videoId)).at(-1) ?? '';
    if (name.test(last)) return;
    await after(5);
  }
}

async function call(url: string, body: string | undefined = '{}'): Promise<[status: number, body: string]> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  return [answer.status, await answer.text()];
}

function copies(execution: LocalExecution): number {
  return visitedStates(execution).filter((name) => name === 'Copy video').length;
}

function cardOf({ output = '{}' }: LocalExecution): CopiedJob {
  return JSON.parse(output);
}

/** Every card that `Check task` has handed on. */
function checks({ events }: LocalExecution): readonly CheckedJob[] {
  return events
    .filter(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Check task')
    .map(({ stateExitedEventDetails }) => JSON.parse(stateExitedEventDetails?.output ?? ''));
}

interface Row {
  readonly fault: string;
  readonly script?: Script;
  /** How long a wait lasts when nobody rings. @default for ever */
  readonly waitMs?: number;
  /** What happens while it waits. @default MiniMax is done, and rings */
  readonly meanwhile?: (making: Making) => unknown;
  /** Looks at the task, at most. */
  readonly looks: number;
  readonly rings?: number;
  readonly listening?: boolean;
  readonly note?: RegExp;
  readonly creates?: number;
}

const NEVER_ENDING = ['Processing'];
const finish = ({ taskId }: Making): void => running.simulator.finish(taskId);

const ROWS: readonly Row[] = [
  { fault: 'none: it rings at each change', script: {}, meanwhile: () => undefined, looks: 3, rings: 3 },
  {
    fault: 'it never rings',
    script: { bell: { times: 0 } },
    waitMs: 50,
    meanwhile: () => undefined,
    looks: 3,
    rings: 0,
  },
  {
    fault: 'it rings twice at each change',
    script: { bell: { times: 2 } },
    meanwhile: () => undefined,
    looks: 6,
  },
  {
    fault: 'it rings before the create is answered',
    script: { queries: ['Success'], bell: { isEarly: true, times: 0 } },
    meanwhile: () => undefined,
    looks: 1,
    rings: 1,
  },
  {
    fault: 'it says success before it is one',
    script: { queries: NEVER_ENDING, bell: { times: 1 } },
    meanwhile: async (making) => {
      expect(await call(making.bell, '{"status":"success","video_url":"http://x.example/"}')).toEqual([
        200,
        '{}',
      ]);
      await after(200);
      finish(making);
    },
    looks: 4,
  },
  {
    fault: 'a ring while MiniMax is being asked, and answers what it was before',
    script: { queries: [{ reply: 'whole', afterMs: 400 }], bell: { times: 1 } },
    meanwhile: async (making) => {
      await stateOf(running, making.execution.name, /^Check task$/);
      await after(200);
      finish(making);
    },
    looks: 2,
    rings: 2,
  },
  {
    fault: 'the bell was never tried',
    script: { bell: { challenge: 'left out', times: 0 } },
    waitMs: 50,
    meanwhile: () => undefined,
    looks: 3,
    rings: 0,
    listening: false,
    note: /^MiniMax took the task, but never tried the bell\.$/,
  },
  {
    fault: 'the bell was never tried, and rings all the same',
    script: { queries: ['Success'], bell: { challenge: 'left out' } },
    meanwhile: () => undefined,
    looks: 1,
    rings: 1,
    listening: false,
  },
  {
    fault: 'MiniMax refuses the callback',
    script: { bell: { challenge: 'refused' } },
    waitMs: 50,
    meanwhile: () => undefined,
    looks: 3,
    rings: 0,
    listening: false,
    note: /^MiniMax refused to ring \(code 2013 "invalid params, callback_url is not reachable" \(Trace-Id \w+\)\), and took the task without\.$/,
    creates: 2,
  },
];

test.each(ROWS.map((row) => [row.fault, row] as const))('%s', async (_fault, row) => {
  const { simulator } = running;
  const before = simulator.creates.length;
  waitMs = row.waitMs ?? LONG_MS;
  const making = await make(row.script ?? { queries: NEVER_ENDING });
  await (row.meanwhile ?? finish)(making);
  const execution = await running.endOf(making.execution.name);

  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  const creates = simulator.creates.slice(before);
  expect(creates.length).toBe(row.creates ?? 1);
  expect(creates.filter(({ taskId }) => taskId !== undefined)).toHaveLength(1);
  expect(copies(execution)).toBe(1);
  const { check, bell, ...card } = cardOf(execution);
  expect(check.polls).toBeLessThanOrEqual(row.looks);
  expect(bell).toMatchObject({ listening: row.listening ?? true });
  if (row.rings !== undefined) expect(bell?.rings).toBe(row.rings);
  if (row.note !== undefined) expect(bell?.note).toMatch(row.note);
  expect(card).not.toHaveProperty('ring');
});

test('waits without a bell where nobody listens', async () => {
  waitMs = 20;
  const { execution } = await make({ bell: { challenge: 'left out', times: 0 } });
  await running.endOf(execution.name);
  expect(visitedStates(execution).filter((name) => name.startsWith('Wait'))).toEqual([
    'Wait',
    'Wait without a bell',
    'Wait without a bell',
  ]);
});

test('loses no ring that comes in the instant of the timeout, and copies once', async () => {
  for (let offset = -8; offset <= 8; offset += 1) {
    waitMs = 40;
    const making = await make({ queries: NEVER_ENDING, bell: { challenge: {}, times: 0 } });
    waitMs = LONG_MS;
    await after(25 + offset);
    running.simulator.finish(making.taskId);
    await call(making.bell);
    const execution = await running.endOf(making.execution.name);
    expect(execution.status).toBe('SUCCEEDED');
    expect(copies(execution)).toBe(1);
    expect(cardOf(execution).check.polls).toBeLessThanOrEqual(2);
  }
});

test('lets a hundred rings at once be two looks, some seconds apart', async () => {
  await using resting = await restingService();
  const making = await make({ queries: NEVER_ENDING, bell: { times: 0 } }, resting.service);
  const answers = await Promise.all(Array.from({ length: 100 }, () => call(making.bell)));
  // A hundred functions that start at once take this machine longer than some of them wait for their peers.
  const rung = answers.filter(([status]) => status === 200);
  expect(answers.filter(([status]) => status !== 200 && status !== 500)).toEqual([]);
  expect(rung.length).toBeGreaterThan(1);
  await stateOf(resting.service, making.execution.name, /^Wait$/);
  await after(2 * REST_SECONDS * 1000);
  await stateOf(resting.service, making.execution.name, /^Wait$/);
  resting.service.simulator.finish(making.taskId);
  await call(making.bell);
  const execution = await resting.service.endOf(making.execution.name);
  const looks = checks(execution).map(({ check }) => Date.parse(check.checked_at));
  expect(looks.length).toBeLessThanOrEqual(4);
  const pauses = looks.slice(1).map((look, index) => look - (looks[index] ?? 0));
  for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(REST_SECONDS * 1000);
});

/** The same with some of the rest between two looks that a deployed stack has. */
async function restingService() {
  const own = await synthesizeForSimulator({ doorbell: true }, { BELL_REST_SECONDS: String(REST_SECONDS) });
  const service = await serve(own, { pauseMs: 20, waitMs: LONG_MS });
  return {
    service,
    async [Symbol.asyncDispose]() {
      await service.stop();
      await own.stop();
    },
  };
}

test('listens to twenty rings and no more, and polls from then on', async () => {
  waitMs = LONG_MS;
  const making = await make({ queries: NEVER_ENDING, bell: { times: 0 } });
  const { execution } = making;
  for (let rings = 1; rings <= 20; rings += 1) {
    await call(making.bell);
    while (checks(execution).length < rings) await after(5);
    await stateOf(running, execution.name, /^Wait/);
  }
  expect(visitedStates(execution).at(-1)).toBe('Wait without a bell');
  running.simulator.finish(making.taskId);
  const { bell } = cardOf(await running.endOf(execution.name));
  expect(bell).toMatchObject({ listening: false, rings: 20, note: expect.stringContaining('20 times') });
});

test('answers everybody who may not ring alike', async () => {
  waitMs = LONG_MS;
  const ended = await make({ queries: ['Success'] });
  await running.endOf(ended.execution.name);
  const making = await make({ queries: NEVER_ENDING, bell: { times: 0 } });
  const base = making.bell.slice(0, making.bell.lastIndexOf('/bell/'));
  const [, , name = '', token = ''] = new URL(making.bell).pathname.split('/');
  const otherToken = ended.bell.slice(ended.bell.lastIndexOf('/') + 1);
  const forged = [
    `${base}/bell/${name}/${'A'.repeat(43)}`,
    `${base}/bell/${name}/${token.slice(0, -1)}`,
    `${base}/bell/${name}/${token}%00`,
    `${base}/bell/${name}/${otherToken}`,
    `${base}/bell/${ended.execution.name}/${token}`,
    `${base}/bell/nobody/${token}`,
    `${base}/bell/..%2F..%2F${name}/${token}`,
    `${base}/bell/${'x'.repeat(5000)}/${token}`,
    `${base}/bell/${name}/${'x'.repeat(5000)}`,
    ended.bell,
  ];
  const answers = await Promise.all(
    forged.flatMap((url) => [call(url), call(url, '{"challenge":"abc"}'), call(url, 'x'.repeat(1_000_000))]),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]?.[0]).toBe(404);
  expect(visitedStates(making.execution).at(-1)).toBe('Wait');
  finish(making);
  await call(making.bell);
  await running.endOf(making.execution.name);
});

test('rings for whatever body comes, and reads none that is large', async () => {
  waitMs = LONG_MS;
  const making = await make({ queries: NEVER_ENDING, bell: { times: 0 } });
  const rung: readonly unknown[] = [200, '{}'];
  expect(await call(making.bell, `{"challenge":"${'x'.repeat(5_000_000)}"}`)).toEqual(rung);
  expect(await call(making.bell, '')).toEqual(rung);
  expect(await call(making.bell, '\u0000\uffff{')).toEqual(rung);
  const [status] = await call(making.bell, 'x'.repeat(10 * 1024 * 1024));
  expect(status).toBe(413);
  finish(making);
  await call(making.bell);
  await running.endOf(making.execution.name);
});

test.each([['a text'], [17], [3.5e300], [true], [null], [['a', { b: 1 }]], [{ a: [null] }], ['']])(
  'is accepted by MiniMax when it asks with %j',
  async (value) => {
    const { bell } = cardOf(
      await running.run(REQUEST, { queries: ['Success'], bell: { challenge: { value } } }),
    );
    expect(bell).toEqual({ listening: true, rings: 1 });
  },
);

test('leaves no note behind after the end, and goes on without a bell when it is redriven', async () => {
  waitMs = LONG_MS;
  const making = await make({ queries: ['Fail'] });
  const failed = await running.endOf(making.execution.name);
  expect(failed.status).toBe('FAILED');
  expect(await call(making.bell)).toMatchObject([404, expect.anything()]);
  running.simulator.finish(making.taskId);
  running.service.engine.redrive(failed.name);
  const redriven = await running.endOf(failed.name);
  expect(redriven.status).toBe('SUCCEEDED');
  expect(cardOf(redriven)).not.toHaveProperty('bell');
});

test('tells callers who ask how it is doing to ask again soon', async () => {
  waitMs = LONG_MS;
  const making = await make({ queries: NEVER_ENDING, bell: { times: 0 } });
  const answer = await fetch(`${running.service.url}/videos/${making.execution.name}`);
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(10);
  expect(await answer.json()).toMatchObject({ state: 'Wait', next_check_at: expect.any(String) });
  finish(making);
  await call(making.bell);
  await running.endOf(making.execution.name);
});
