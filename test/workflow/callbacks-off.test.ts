import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import type { CopiedJob } from '../../lambdas/core/job/job.ts';
import type { Simulator } from '../../local/simulator/simulator.ts';
import { copyAssembly } from '../harness/assembly.ts';
import {
  REQUEST,
  serve,
  synthesizeForSimulator,
  variablesFor,
  visitedStates,
} from '../harness/running-service.ts';

const WAIT = 'Wait for callback';

/** The next deployment for these executions, without callbacks. It has no function `WaitForCallback`. */
async function deployWithout(folder: string, simulator: Simulator): Promise<string> {
  const assembly = join(folder, 'without.out');
  const quick = { DOWNLOAD_PAUSE_SECONDS: '0.001', QUERY_PAUSE_SECONDS: '0.001' };
  await copyAssembly(inject('assemblies').plain, assembly, { ...quick, ...variablesFor(simulator) });
  return assembly;
}

test('polls a running video from its next check on when callbacks are turned off', async () => {
  const stack = await synthesizeForSimulator({ callbacks: true });
  onTestFinished(() => stack.stop());
  const { folder, simulator } = stack;
  const before = await serve(stack, { waitMs: 600_000 });
  simulator.script({
    queries: ['Processing', 'Processing', 'Processing', 'Success'],
    callbacks: { times: 0 },
  });
  const { video_id } = (await (await before.post(REQUEST)).json()) as Video;
  const waiting = () => before.service.engine.executions.get(video_id);
  await expect.poll(() => waiting()?.events.at(-1)?.type).toBe('TaskSubmitted');
  await before.stop();

  const assembly = await deployWithout(folder, simulator);
  const running = await serve({ simulator, folder, assembly }, { pauseMs: 20, waitMs: 50 });
  onTestFinished(() => running.stop());
  const execution = await running.endOf(video_id);
  expect(execution.status).toBe('SUCCEEDED');
  const states = visitedStates(execution).filter((name) => /Wait|Check/.test(name));
  // The first wait reaches its timeout, and the second one fails to begin.
  expect(states).toEqual([
    ...[WAIT, 'Check task', WAIT, 'Check task', 'Wait', 'Check task', 'Wait', 'Check task'],
  ]);
  const { callbacks, check } = JSON.parse(execution.output ?? '{}') as CopiedJob;
  expect(callbacks).toEqual({
    active: false,
    received: 0,
    note: expect.stringMatching(/^Waiting for callbacks does not work \(Lambda.ResourceNotFoundException: /),
  });
  expect(check.polls).toBe(4);
});
