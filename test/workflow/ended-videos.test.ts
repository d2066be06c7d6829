import { randomUUID } from 'node:crypto';
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test, vi } from 'vitest';
import type { JobRecord } from '../../lambdas/core/job/job-record.ts';
import type { Template } from '../harness/assembly.ts';
import { stepFunctionsOf, videoOfExecution, withoutLink } from '../harness/execution-answer.ts';
import { REQUEST, type RunningService } from '../harness/running-service.ts';
import {
  LONG_MS,
  make,
  otherAssembly,
  place,
  post,
  SUCCEEDED,
  stack,
  succeeds,
  useStack,
} from './once-stack.ts';

useStack();

/** The stack, whose `GetVideo` finds no Step Functions. */
const withoutStepFunctions = (): Promise<string> =>
  otherAssembly((text) => {
    const template = JSON.parse(text) as Template;
    const [, getVideo] =
      Object.entries(template.Resources).find(([id]) => /GetVideo[0-9A-F]{8}$/.test(id)) ?? [];
    const variables = getVideo?.Properties.Environment?.Variables ?? {};
    variables.AWS_ENDPOINT_URL_SFN = 'http://127.0.0.1:1';
    return JSON.stringify(template);
  });

async function stateOf(running: RunningService, videoId: string, state: string): Promise<void> {
  await vi.waitFor(async () => expect((await running.get(videoId)).state).toBe(state), SUCCEEDED);
}

/** A video that was stopped before MiniMax was asked about its task. */
async function cancelled(running: RunningService): Promise<string> {
  stack.simulator.script({ queries: ['Success'] });
  const { video } = await post(running, randomUUID());
  await stateOf(running, video.video_id, 'Wait');
  await cancel(running, video.video_id);
  await running.service.whenAnnounced(video.video_id);
  return video.video_id;
}

async function cancel({ service }: RunningService, videoId: string): Promise<Response> {
  return fetch(`${service.url}/videos/${videoId}`, { method: 'DELETE' });
}

const FAILING = { queries: ['Fail'] } as const;

test('shows each ended video as before where Step Functions does not answer, and no other', async () => {
  const { start } = await place();
  const first = await start();
  const { video_id: good } = await make(first, randomUUID());
  const { video_id: bad } = await make(first, randomUUID(), FAILING);
  await first.stop();
  const slow = await start(LONG_MS);
  const stopped = await cancelled(slow);
  const { video: running } = await post(slow, randomUUID());
  await stateOf(slow, running.video_id, 'Wait');
  const before = await Promise.all([good, bad, stopped].map((id) => videoOfExecution(slow, id)));
  await slow.stop();

  const cut = await start(LONG_MS, await withoutStepFunctions());
  const after = await Promise.all([good, bad, stopped].map((id) => cut.get(id)));
  expect(after.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'cancelled']);
  expect(after.map(withoutLink)).toEqual(before);
  expect((await fetch(`${cut.service.url}/videos/${running.video_id}`)).status).toBe(500);
});

test('marks a redriven video, shows it while it runs again, and lets it be stopped', async () => {
  const { start } = await place();
  const running = await start(LONG_MS);
  const videoId = await cancelled(running);
  const before = (await running.storedJob(videoId)) as JobRecord;
  expect(before).toMatchObject({ status: 'cancelled', redrives: 0 });
  expect((await cancel(running, videoId)).status).toBe(409);

  const { arn: executionArn } = running.service.engine.executions.get(videoId) ?? {};
  await stepFunctionsOf(running).send(new RedriveExecutionCommand({ executionArn }));
  await vi.waitFor(async () => {
    const redriven = { redrive_count: 1, at: expect.any(String) };
    expect(await running.storedJob(videoId)).toEqual({ ...before, redriven });
  }, SUCCEEDED);
  expect(await running.get(videoId)).toMatchObject({ status: 'generating', state: 'Wait' });
  expect((await cancel(running, videoId)).status).toBe(200);
  await running.service.whenAnnounced(videoId);
  const after = await running.storedJob(videoId);
  expect(after).toMatchObject({ status: 'cancelled', redrives: 1, announced_at: expect.any(String) });
  expect(after).not.toHaveProperty('redriven');
});

test('stops a redriven video also before its mark has come', async () => {
  const { start } = await place();
  const running = await start(LONG_MS);
  const videoId = await cancelled(running);
  running.service.engine.redrive(videoId);
  await running.changeJob(videoId, ({ redriven: _mark, ...job }) => job);
  expect((await cancel(running, videoId)).status).toBe(200);
  expect(running.service.engine.executions.get(videoId)?.status).toBe('ABORTED');
});

test('takes up a redriven task whose execution is gone, although an earlier end is recorded', async () => {
  const { start, forget } = await place();
  const running = await start(LONG_MS);
  const videoId = await cancelled(running);
  running.service.engine.redrive(videoId);
  await vi.waitFor(
    async () => expect(await running.storedJob(videoId)).toHaveProperty('redriven'),
    SUCCEEDED,
  );
  await running.stop();
  await forget();

  const next = await start();
  expect(await succeeds(next, videoId)).toMatchObject({ template_id: REQUEST.template_id });
});
