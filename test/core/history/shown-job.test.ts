import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { historySchema } from '../../../lambdas/core/api/workflow-response.ts';
import { toShownJob } from '../../../lambdas/core/history/shown-job.ts';

const ARN = 'arn:aws:states:eu-west-1:123456789012:execution:Machine:v1';
const TASK = {
  task_id: '7',
  kind: 'template',
  adopted: false,
  waiting_since: '2026-11-22T10:00:01.000Z',
  trace_id: 'abc',
};
const CHECK = {
  status: 'succeeded',
  minimax_status: 'Success',
  polls: 2,
  checked_at: '2026-11-22T10:00:11.000Z',
  elapsed_seconds: 10,
};
const VIDEO = { bytes: 5, sha256: 'ff', content_type: 'video/mp4', seconds: 1.5 };
const SHOWN = {
  task: TASK,
  wait_seconds: 0,
  callbacks: { active: true, received: 1 },
  check: CHECK,
  video: VIDEO,
  finished_at: '2026-11-22T10:00:12.000Z',
};
const JOB = {
  ...SHOWN,
  video_id: 'v1',
  created_at: '2026-11-22T10:00:00.000Z',
  execution_arn: ARN,
  owner: 'iam AIDAOWNER',
  request: { template_id: '1', metadata: { secret: 'secret' } },
  task: { ...TASK, unconfirmed: true, host: 'https://api.example' },
  check: { ...CHECK, answer: 'secret' },
  video: { ...VIDEO, bucket: 'secret-bucket', key: 'videos/v1/video.mp4', attempts: 1, resumes: 0 },
};

test('shows what each step has added, without ARN, owner, request and bucket', () => {
  expect(toShownJob(JOB)).toEqual({ ...SHOWN, error: undefined });
  expect(JSON.stringify(toShownJob(JOB))).not.toMatch(/arn:|AIDA|secret|unconfirmed|host/);
});

test('shows the job inside the input of Record failure and Video failed', () => {
  expect(toShownJob({ job: JOB, execution: { Id: ARN } })).toEqual(toShownJob(JOB));
});

test.each([
  ['a request', { template_id: '1', owner: 'key abc', metadata: { task_id: '9' } }],
  ['a new job', { video_id: 'v1', created_at: 'T', execution_arn: ARN, request: {} }],
  ['a wrapped request', { job: { template_id: '1' } }],
  ['a wrapped null', { job: null }],
  [
    'fields of other types',
    { task: '7', check: [], video: 5, error: 'x', wait_seconds: '1', callbacks: null },
  ],
])('shows nothing of %s', (_what, value) => {
  expect(toShownJob(value)).toBeUndefined();
});

test('shows the sentence of an error of the service', () => {
  const Cause = '{"errorType":"MiniMaxBusy","errorMessage":"MiniMax is busy.","trace":["at index.mjs:1"]}';
  expect(toShownJob({ error: { Error: 'MiniMaxBusy', Cause } })?.error).toEqual({
    type: 'MiniMaxBusy',
    title: undefined,
    detail: 'MiniMax is busy.',
    money_spent: undefined,
    retry: undefined,
  });
});

test('shows the recorded error with its cost', () => {
  const recorded = { title: 'T', money_spent: 'maybe', retry: 'adopt' };
  const error = { Error: 'VideoUnreachable', Cause: 'It was not there. Adopt it.', ...recorded };
  expect(toShownJob({ error })?.error).toEqual({
    type: 'VideoUnreachable',
    detail: 'It was not there. Adopt it.',
    ...recorded,
  });
});

test('shows no cause of an error that is none of the service', () => {
  const Cause = '{"errorType":"TypeError","errorMessage":"x is undefined","trace":["at /var/task"]}';
  const { error } = toShownJob({ error: { Error: 'TypeError', Cause } }) ?? {};
  expect(error).toMatchObject({ type: 'TypeError', detail: undefined });
});

test('shows something of any JSON, in the form that the API promises', () => {
  const fields = fc.dictionary(
    fc.constantFrom(...Object.keys(JOB), 'job', 'error', '__proto__', 'Error', 'Cause'),
    fc.jsonValue(),
  );
  const mutated = fields.map((some) => ({ ...JOB, ...some }));
  const visitOf = (job: unknown) => ({
    state: 'Wait',
    entered_at: TASK.waiting_since,
    failed_tries: [],
    job,
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fields, mutated), (value) => {
      const history = { video_id: 'v1', request: {}, states: [visitOf(toShownJob(value))] };
      expect(historySchema.safeParse(history)).toMatchObject({ success: true });
    }),
  );
});
