import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { COPY_RETRIES } from '../harness/assembly.ts';
import {
  REQUEST,
  type RunningService,
  startRunningService,
  visitedStates,
} from '../harness/running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

/** Presses Redrive, and waits for the new end. */
async function redriven({ arn, name }: LocalExecution): Promise<LocalExecution> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } =
    running.service.environment;
  const client = new SFNClient({
    region: 'us-east-1',
    endpoint: running.service.environment.AWS_ENDPOINT_URL_SFN,
    credentials: { accessKeyId, secretAccessKey },
  });
  await client.send(new RedriveExecutionCommand({ executionArn: arn }));
  return running.endOf(name);
}

const GONE = { httpStatus: 410 } as const;
/** Every try of `Copy video`, each with five connections. */
const ALL_COPIES = Array.from({ length: (COPY_RETRIES + 1) * 5 }, () => GONE);

test('goes on with the task that was paid for, under the same id, and submits nothing', async () => {
  const before = running.simulator.creates.length;
  const script: Scenario = { queries: ['Success'], downloads: [...ALL_COPIES, 'whole'] };
  const broken = await running.run(REQUEST, script);
  expect(broken).toMatchObject({ status: 'FAILED', error: 'VideoUnreachable' });
  expect(broken.cause).toContain('Redriving this execution also continues the task');
  const states = visitedStates(broken).length;

  const whole = await redriven(broken);
  expect(visitedStates(whole).slice(states)).toEqual([
    'Video failed',
    'Check task',
    'Finished?',
    'Copy video',
    'Video ready',
  ]);
  expect(await running.get(broken.name)).toMatchObject({
    status: 'succeeded',
    task_id: running.simulator.creates.at(-1)?.taskId,
    polls: 2,
    video: { bytes: 64331 },
  });
  expect(running.simulator.creates.length).toBe(before + 1);
});

test('fails again where it fails again, and can be redriven again', async () => {
  const script: Scenario = { queries: ['Success'], downloads: [...ALL_COPIES, ...ALL_COPIES, 'whole'] };
  const twice = await redriven(await running.run(REQUEST, script));
  expect(twice).toMatchObject({ status: 'FAILED', error: 'VideoUnreachable', redriveCount: 1 });
  expect(await redriven(twice)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
});

/** Starts an execution and stops it while the simulator is busy with the create or, at `queries`, with the first look. */
async function stoppedIn(phase: 'creates' | 'queries', script: Scenario): Promise<LocalExecution> {
  const { service, simulator } = running;
  const seen = (): number => (phase === 'creates' ? simulator.creates.length : simulator.queries.size);
  const before = seen();
  simulator.script(script);
  const { name } = service.engine.start(crypto.randomUUID(), JSON.stringify(REQUEST));
  await vi.waitFor(() => expect(seen()).toBe(before + 1), { timeout: 5000, interval: 2 });
  service.engine.stop(name, { cause: 'The operator did not want to wait.' });
  return running.endOf(name);
}

const SLOW = { reply: 'whole', afterMs: 1500 } as const;

test('submits nothing for an execution that was stopped in the middle of a create, but finds its task', async () => {
  const before = running.simulator.creates.length;
  const stopped = await stoppedIn('creates', { create: SLOW, queries: ['Success'] });
  expect(await redriven(stopped)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  expect(running.simulator.creates.length).toBe(before + 1);
});

test('looks again where it was stopped after the create, and takes a later failure for one', async () => {
  const before = running.simulator.creates.length;
  const stopped = await stoppedIn('queries', { queries: [SLOW, 'Fail'] });
  expect(await redriven(stopped)).toMatchObject({
    status: 'FAILED',
    error: 'GenerationFailed',
    redriveCount: 1,
  });
  expect(running.simulator.creates.length).toBe(before + 1);
});

test.each([
  ['it is unknown whether there is a task', { reply: 'lost' }, 'SubmitOutcomeUnknown'],
  ['there is certainly no task', { code: 1008 }, 'InsufficientBalance'],
] as const)('submits nothing where %s, and fails again with the same words', async (_name, create, error) => {
  const before = running.simulator.creates.length;
  const broken = await running.run(REQUEST, { create });
  const { cause } = broken;
  expect(await redriven(broken)).toMatchObject({ status: 'FAILED', error, cause, redriveCount: 1 });
  expect(running.simulator.creates.length).toBe(before + 1);
});
