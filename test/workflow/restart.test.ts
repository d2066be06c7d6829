import { readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import type { JobRecord } from '../../lambdas/core/job/job-record.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import {
  placeFor,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  synthesizeForSimulator,
  visitedStates,
} from '../harness/running-service.ts';

/** Longer than any test waits. */
const LONG_MS = 600_000;

let stack: SimulatedStack;
beforeAll(async () => {
  stack = await synthesizeForSimulator();
});
afterAll(() => stack.stop());

async function begin(running: RunningService, script: Scenario = {}): Promise<string> {
  stack.simulator.script(script);
  return ((await (await running.post(REQUEST)).json()) as Video).video_id;
}

const eventsOf = (running: RunningService, videoId: string) =>
  running.service.engine.executions.get(videoId)?.events ?? [];

async function comesTo(running: RunningService, videoId: string, state: string): Promise<void> {
  await expect
    .poll(() => eventsOf(running, videoId).map((event) => event.stateEnteredEventDetails?.name))
    .toContain(state);
}

/** Leaves of the history what had been written when the function of the first step was running. */
function forgetOutcome(folder: string, videoId: string): void {
  const database = new DatabaseSync(join(folder, 'objects-state', 'executions.sqlite'));
  database
    .prepare(
      "DELETE FROM event WHERE execution = ? AND id > (SELECT min(id) FROM event WHERE execution = ? AND type = 'LambdaFunctionStarted')",
    )
    .run(videoId, videoId);
  database.close();
}

test('goes on after a restart, and answers for what had ended before', async () => {
  const { start } = await placeFor(stack);
  const first = await start(LONG_MS);
  const videoId = await begin(first, { queries: ['Success'] });
  await comesTo(first, videoId, 'Wait');
  await first.stop();
  const second = await start();
  expect(second.service.resumed).toMatchObject([{ state: 'Wait', isInterrupted: false }]);
  expect(await second.endOf(videoId)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
  await second.stop();
  const third = await start();
  expect(third.service.resumed).toEqual([]);
  expect(await third.get(videoId)).toMatchObject({ status: 'succeeded', video: { bytes: 64331 } });
  const ids = eventsOf(third, videoId).map(({ id }) => id);
  expect(ids).toEqual(ids.map((_id, index) => index + 1));
});

test('a create that was cut off behind its answer is delivered without anybody, by the task in job.json', async () => {
  const { folder, start } = await placeFor(stack);
  const first = await start(LONG_MS);
  const before = stack.simulator.creates.length;
  const videoId = await begin(first, { queries: ['Success'] });
  await comesTo(first, videoId, 'Wait');
  await first.stop();
  forgetOutcome(folder, videoId);
  const second = await start();
  expect(second.service.resumed).toMatchObject([{ state: 'Submit task', isInterrupted: true }]);
  await expect.poll(() => second.get(videoId)).toMatchObject({ status: 'succeeded' });
  expect(stack.simulator.creates.length).toBe(before + 1);
});

test('a create that was cut off before its answer is in doubt, and nothing is sent again', async () => {
  const { folder, start } = await placeFor(stack);
  const first = await start(LONG_MS);
  const before = stack.simulator.creates.length;
  const videoId = await begin(first);
  await comesTo(first, videoId, 'Wait');
  await first.changeJob(videoId, ({ task: _task, ...claim }) => claim);
  await first.stop();
  forgetOutcome(folder, videoId);
  const second = await start();
  const ended = await second.endOf(videoId);
  expect(ended).toMatchObject({ status: 'FAILED', error: 'SubmitOutcomeUnknown', redriveCount: 0 });
  expect(visitedStates(ended)).toEqual(['Task given?', 'Submit task', 'Record failure', 'Video failed']);
  expect(stack.simulator.creates.length).toBe(before + 1);
});

test('a stop waits for the answer of a create that is under way', async () => {
  const { start } = await placeFor(stack);
  const first = await start();
  const before = stack.simulator.creates.length;
  const videoId = await begin(first, { create: { reply: 'whole', afterMs: 700 }, queries: ['Success'] });
  await expect.poll(() => stack.simulator.creates.length).toBe(before + 1);
  await first.stop();
  const second = await start();
  expect(second.service.resumed).toMatchObject([{ isInterrupted: false }]);
  expect(await second.endOf(videoId)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
  expect(stack.simulator.creates.length).toBe(before + 1);
});

test('a service takes nothing up that another one on the same objects is working on', async () => {
  const { start } = await placeFor(stack);
  const first = await start(1_500);
  const before = stack.simulator.creates.length;
  const videoId = await begin(first, { queries: ['Processing', 'Processing', 'Success'] });
  await comesTo(first, videoId, 'Wait');
  const { created_at, execution_arn, attempt } = (await first.storedJob(videoId)) as JobRecord;
  const second = await start(1_500);
  expect(await first.endOf(videoId)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
  expect(await first.storedJob(videoId)).toMatchObject({ created_at, execution_arn, attempt });
  expect(second.service.engine.executions.size).toBe(0);
  await first.stop();
  const next = await begin(second, { queries: ['Processing', 'Success'] });
  await comesTo(second, next, 'Wait');
  const third = await start();
  expect(await second.endOf(next)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
  expect(third.service.engine.executions.get(next)).toBeUndefined();
  expect(stack.simulator.creates.length).toBe(before + 2);
});

test('a damaged job document harms its own video alone, and is never taken for one that is not there', async () => {
  const { folder, start } = await placeFor(stack);
  const first = await start();
  const before = stack.simulator.creates.length;
  const videoId = await begin(first, { queries: ['Success'] });
  expect(await first.endOf(videoId)).toMatchObject({ status: 'SUCCEEDED' });
  await first.stop();
  const [bucket = ''] = first.service.deployment.buckets;
  const job = join(folder, 'objects', bucket, 'videos', videoId, 'job.json');
  writeFileSync(join(dirname(job), `${readlinkSync(job)}~metadata`), '');
  const second = await start();
  const { videos } = second.service;
  expect([videos.isUnreadable(videoId), videos.isCreateInDoubt(videoId)]).toEqual([true, true]);
  expect(videos.job(videoId)).toBeUndefined();
  expect(second.service.forgotten).toEqual([]);
  expect(await second.run(REQUEST, { queries: ['Success'] })).toMatchObject({ status: 'SUCCEEDED' });
  expect(stack.simulator.creates.length).toBe(before + 2);
});
