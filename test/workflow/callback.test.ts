import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { visitedStates } from '../harness/running-service.ts';
import { ROWS } from './callback-rows.ts';
import {
  call,
  checks,
  finish,
  jobStateOf,
  make,
  NEVER_ENDING,
  running,
  setWaits,
  stateOf,
  tokenOf,
  useCallbackServices,
  WAIT,
} from './callback-service.ts';
import { testRows } from './callback-tests.ts';

useCallbackServices();

const endings = testRows(ROWS.filter(({ isLong = false }) => !isLong));

test('the rows above end waits in both ways, and none with an error', () => {
  for (const type of ['TaskSucceeded', 'TaskTimedOut']) expect(endings.get(type), type).toBeGreaterThan(2);
  expect(endings.get('TaskFailed')).toBeUndefined();
});

test('polls a video whose callbacks are not active', async () => {
  setWaits([20]);
  const { execution } = await make({ callbacks: { challenge: 'left out', times: 0 } });
  await running.endOf(execution.name);
  expect(visitedStates(execution).filter((name) => name.startsWith('Wait'))).toEqual([WAIT, 'Wait', 'Wait']);
});

test('accepts twenty callbacks of a video, and polls after them', async () => {
  setWaits([]);
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
  expect(callbacks).toMatchObject({
    active: false,
    received: 20,
    note: expect.stringContaining('20 callbacks'),
  });
});

test('refuses a callback after the end, and continues without callbacks when it is redriven', async () => {
  setWaits([]);
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
  setWaits([]);
  const making = await make({ queries: NEVER_ENDING, callbacks: { times: 0 } });
  const answer = await fetch(`${running.service.url}/videos/${making.execution.name}`);
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(10);
  expect(await answer.json()).toMatchObject({ state: WAIT, next_check_at: expect.any(String) });
  await finish(making);
  await running.endOf(making.execution.name);
});

test('logs each call with its video and its status, and nothing of a token or a body', async () => {
  setWaits([]);
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
