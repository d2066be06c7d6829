import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** What an operator sees in the console: each state that was entered, in order, with its input. */
function pagesOf({ events }: LocalExecution): readonly (readonly [string | undefined, unknown])[] {
  return events.flatMap(({ stateEnteredEventDetails: entered }) =>
    entered === undefined ? [] : [[entered.name, JSON.parse(entered.input ?? '')] as const],
  );
}

/** The job documents that every execution of this request has before a failure. */
function documentsOf({ arn, name, startDate }: LocalExecution) {
  const request = {
    ...REQUEST,
    media_inputs: [
      { value: expect.stringMatching(/^s3:\/\/templatevideo\w+\/uploads\/[0-9a-f]{32}\/[0-9a-f]{64}$/) },
    ],
  };
  const job = { video_id: name, created_at: startDate.toISOString(), execution_arn: arn, request };
  const task = {
    task_id: running.simulator.creates.at(-1)?.taskId,
    kind: 'template',
    adopted: false,
    waiting_since: TIME,
    trace_id: expect.any(String),
  };
  const submitted = { ...job, task, wait_seconds: 30 };
  const checked = (status: string, minimax_status: string, polls: number) => ({
    ...submitted,
    wait_seconds: status === 'running' ? 10 : 0,
    check: { status, minimax_status, polls, checked_at: TIME, elapsed_seconds: expect.any(Number) },
  });
  return { input: { ...request, owner: 'iam nobody' }, job, task, submitted, checked };
}

test('reads like the story of a video that is made', async () => {
  const execution = await running.run(REQUEST, { queries: ['Preparing', 'Success'] });
  const { input, submitted, checked } = documentsOf(execution);
  const copied = {
    ...checked('succeeded', 'Success', 2),
    video: {
      bucket: running.service.deployment.buckets[0],
      key: `videos/${execution.name}/video.mp4`,
      bytes: 64331,
      sha256: '0acb8fafcff587abc9c972a22a5f84d196ea611d7ba83b02add3510e8e016e01',
      content_type: 'video/mp4',
      seconds: expect.any(Number),
      attempts: 1,
      resumes: 0,
    },
    finished_at: TIME,
  };

  expect(pagesOf(execution)).toEqual([
    ['Task given?', input],
    ['Submit task', input],
    ['Wait', submitted],
    ['Check task', submitted],
    ['Finished?', checked('running', 'Preparing', 1)],
    ['Wait', checked('running', 'Preparing', 1)],
    ['Check task', checked('running', 'Preparing', 1)],
    ['Finished?', checked('succeeded', 'Success', 2)],
    ['Copy video', checked('succeeded', 'Success', 2)],
    ['Video ready', copied],
  ]);
  expect(JSON.parse(execution.output ?? '')).toEqual(copied);
});

test('reads like the story of a video that MiniMax could not make', async () => {
  const execution = await running.run(REQUEST, { queries: ['Processing', 'Fail'] });
  const { input, job, task, submitted, checked } = documentsOf(execution);
  const broken = {
    ...checked('failed', 'Fail', 2),
    error: {
      Error: 'GenerationFailed',
      Cause: expect.stringMatching(/^MiniMax ended the task as "Fail" \(Trace-Id \w+\)\.$/),
    },
  };
  const recorded = {
    ...job,
    task,
    check: broken.check,
    error: {
      Error: 'GenerationFailed',
      title: 'MiniMax could not make the video',
      money_spent: 'maybe',
      retry: 'new_request',
      Cause: execution.cause,
    },
    finished_at: TIME,
    redrives: 0,
  };

  expect(pagesOf(execution)).toEqual([
    ['Task given?', input],
    ['Submit task', input],
    ['Wait', submitted],
    ['Check task', submitted],
    ['Finished?', checked('running', 'Processing', 1)],
    ['Wait', checked('running', 'Processing', 1)],
    ['Check task', checked('running', 'Processing', 1)],
    ['Finished?', broken],
    ['Record failure', broken],
    ['Video failed', recorded],
  ]);
  expect(
    execution.cause?.replace(/\(Trace-Id \w+\)/, '(Trace-Id …)').replaceAll(String(task.task_id), '…'),
  ).toBe(
    [
      'MiniMax ended the task as "Fail" (Trace-Id …).',
      'Money may have been spent.',
      'Try another image or text. The new request is charged again. Ask MiniMax whether the failed task is charged.',
      'To adopt: POST /videos, or start an execution, with task_id "…" as the only field.',
      'Redriving this execution also continues the task, and submits nothing.',
    ].join(' '),
  );
});
