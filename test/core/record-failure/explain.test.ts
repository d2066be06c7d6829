import { expect, test } from 'vitest';
import { FAILURES } from '../../../lambdas/core/failure.ts';
import { toCheckedJob } from '../../../lambdas/core/job/checked-job.ts';
import { parseJobRecord } from '../../../lambdas/core/job/job-record.ts';
import { isCreateInDoubt } from '../../../lambdas/core/record-failure/classify.ts';
import { toFailedJob, withRecordingError } from '../../../lambdas/core/record-failure/explain.ts';
import { type FailedStepInput, REJECTED } from '../../../lambdas/core/record-failure/failed-step.ts';
import { decideOutcome } from '../../../lambdas/core/record-failure/outcome.ts';
import { toVideo } from '../../../lambdas/core/video/video.ts';
import {
  after,
  executionKey,
  newJob,
  request,
  running,
  schedule,
  submittedJob,
} from '../../harness/running-job.ts';

function failedWith(job: object, error: string, cause = 'It broke'): FailedStepInput {
  return { ...executionKey, redrives: 0, job: { ...job, error: { Error: error, Cause: cause } } };
}

test('a failure of our own keeps its name and its sentence, and says what it cost and what to do', () => {
  const cause = JSON.stringify({
    errorType: 'ContentRejected',
    errorMessage: 'MiniMax said no',
    trace: ['at x'],
  });
  expect(toFailedJob(failedWith(request, 'ContentRejected', cause), after(5)).error).toEqual({
    Error: 'ContentRejected',
    Cause: `MiniMax said no. No money was spent. ${FAILURES.ContentRejected.advice}`,
    title: FAILURES.ContentRejected.title,
    money_spent: 'no',
    retry: 'new_request',
  });
});

test.each([
  'States.Timeout',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Lambda.Unknown',
  'Lambda.ServiceException',
  'TypeError',
])('a create that ended with %s has an unknown outcome', (error) => {
  const { error: found } = toFailedJob(failedWith(request, error), after(5));
  expect(found).toMatchObject({ Error: 'SubmitOutcomeUnknown', money_spent: 'maybe' });
  expect(found.Cause).toContain('with the id found there as task_id');
});

test('a create whose function was never invoked cost nothing', () => {
  const { error } = toFailedJob(failedWith(request, 'Lambda.TooManyRequestsException'), after(5));
  expect(error).toMatchObject({ Error: 'MiniMaxBusy', money_spent: 'no' });
  expect(error.Cause).toContain('AWS Lambda could not start the step Submit task');
});

test('a failure after the create names the task and how to adopt it', () => {
  const succeeded = toCheckedJob(
    submittedJob,
    { ...running, status: 'succeeded' },
    { now: after(60), schedule },
  );
  expect(toFailedJob(failedWith(submittedJob, 'Sandbox.Timedout'), after(70)).error.Error).toBe(
    'MiniMaxUnavailable',
  );
  expect(toFailedJob(failedWith(succeeded, 'Sandbox.Timedout'), after(70)).error.Error).toBe(
    'VideoUnreachable',
  );
  for (const job of [submittedJob, succeeded]) {
    const { VideoExistsAlready: _another, ...own } = FAILURES;
    for (const name of [...Object.keys(own), 'Sandbox.Timedout']) {
      const { error } = toFailedJob(failedWith(job, name), after(70));
      expect(error.Cause).toContain('with task_id "42" as the only field');
      expect(error.money_spent).not.toBe('no');
    }
  }
});

test('an execution that finds the video of another execution has cost nothing, and says where to see it', () => {
  for (const job of [request, { task_id: '7' }]) {
    const { error } = toFailedJob(failedWith(job, 'VideoExistsAlready', 'Another holds it'), after(5));
    expect(error).toEqual({
      Error: 'VideoExistsAlready',
      Cause: `Another holds it. No money was spent. ${FAILURES.VideoExistsAlready.advice}`,
      title: FAILURES.VideoExistsAlready.title,
      money_spent: 'no',
      retry: 'same_key',
    });
  }
});

test('an execution that has made a task says so where another holds its video, and how to get it', () => {
  const { error } = toFailedJob(failedWith(submittedJob, 'VideoExistsAlready', 'Another holds it'), after(5));
  expect(error).toMatchObject({ Error: 'VideoExistsAlready', money_spent: 'maybe', retry: 'adopt' });
  expect(error.Cause).toContain('with task_id "42" as the only field');
});

test('a bucket that failed before the create cost nothing, but a redrive of it leaves the earlier attempt in doubt', () => {
  const early = failedWith(request, 'StorageUnavailable', 'S3 is down');
  expect(toFailedJob(early, after(5)).error).toMatchObject({
    Error: 'StorageUnavailable',
    money_spent: 'no',
    retry: 'new_request',
  });
  expect(toFailedJob({ ...early, redrives: 1 }, after(5)).error).toMatchObject({
    Error: 'SubmitOutcomeUnknown',
    money_spent: 'maybe',
    retry: 'never',
  });
  expect(
    toFailedJob(failedWith(submittedJob, 'StorageUnavailable', 'S3 is down'), after(5)).error,
  ).toMatchObject({
    money_spent: 'maybe',
    retry: 'adopt',
  });
});

test.each([
  ['ContentRejected', 'new_request', 'new_request'],
  ['GenerationFailed', 'new_request', 'new_request'],
  ['MiniMaxRefused', 'never', 'adopt'],
  ['SubmitOutcomeUnknown', 'never', 'adopt'],
  ['ApiKeyRejected', 'new_request', 'adopt'],
  ['TypeError', 'never', 'adopt'],
])('a program may answer %s with %s, and where there is a task with %s', (name, bare, withTask) => {
  expect(toFailedJob(failedWith(request, name), after(5)).error.retry).toBe(bare);
  expect(toFailedJob(failedWith(submittedJob, name), after(70)).error.retry).toBe(withTask);
});

test('keeps the fields of the service apart from the request', () => {
  const job = toFailedJob(failedWith({ ...request, owner: 'arn:caller' }, 'MiniMaxBusy'), after(5));
  expect(job).toMatchObject({ ...executionKey, request, owner: 'arn:caller' });
});

test('a failure before MiniMax has shown that it knows the task may have cost money, and names the id', () => {
  const job = { ...submittedJob, task: { ...submittedJob.task, unconfirmed: true } };
  for (const name of [...Object.keys(FAILURES), 'Sandbox.Timedout']) {
    if (name === 'VideoExistsAlready') continue;
    const { error, task } = toFailedJob(failedWith(job, name), after(70));
    expect(error.money_spent).toBe('maybe');
    expect(error.Cause).toContain('Money may have been spent.');
    expect(error.Cause).toContain(FAILURES.SubmitOutcomeUnknown.advice);
    expect(error.Cause).toContain('with task_id "42" as the only field');
    expect(task).toMatchObject({ unconfirmed: true, adopted: false });
  }
});

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('a request of %s nested 100,000 deep is rejected, and never walked', (_what, open, close) => {
  const deep = JSON.parse(`${open.repeat(100_000)}1${close.repeat(100_000)}`);
  for (const input of [deep, { template_id: '1', metadata: { deep } }, { task_id: deep }]) {
    const { redrives } = newJob;
    for (const job of [input, { ...input, error: { Error: 'InvalidRequest', Cause: 'x' } }]) {
      const failure = toFailedJob({ ...executionKey, redrives, job }, after(5));
      expect(failure.error).toMatchObject({ Error: 'InvalidRequest', money_spent: 'no' });
      expect(failure.request).toMatch(/^\(nested more than 100 levels deep/);
      const execution = {
        arn: executionKey.execution_arn,
        name: 'v1',
        status: 'FAILED',
        startDate: after(0),
        redriveCount: 0,
        input,
      } as const;
      expect(JSON.stringify(toVideo({ ...execution, stopDate: after(5) }, after(6)))).toContain('v1');
    }
  }
});

test('an adoption that fails names the task it was given', () => {
  const { error } = toFailedJob(failedWith({ task_id: '7' }, 'Sandbox.Timedout'), after(5));
  expect(error).toMatchObject({ Error: 'MiniMaxUnavailable', Cause: expect.stringContaining('task_id "7"') });
});

test.each(['MiniMaxBusy', 'ApiKeyRejected', 'QuotaExhausted', 'InvalidRequest'])(
  'no advice is to send a request again whose task exists: %s',
  (name) => {
    const succeeded = toCheckedJob(
      submittedJob,
      { ...running, status: 'succeeded' },
      { now: after(60), schedule },
    );
    expect(toFailedJob(failedWith(submittedJob, name), after(70)).error.Cause).toMatch(
      /[Dd]o not send the request again/,
    );
    expect(toFailedJob(failedWith(succeeded, name), after(70)).error).toMatchObject({ money_spent: 'yes' });
  },
);

test('an adoption of a task that MiniMax does not know costs nothing', () => {
  const known = { ...submittedJob, task: { ...submittedJob.task, adopted: true } };
  const { error } = toFailedJob(failedWith(known, 'InvalidRequest', 'No such task'), after(5));
  expect(error).toMatchObject({
    money_spent: 'no',
    // The task may exist in another account, and a new request would be charged.
    retry: 'never',
    Cause:
      'No such task. This adoption cost nothing. Check the id "42", and check that the key and the host belong to the account that made the task. Do not send the request of this task again because of this error.',
  });
});

test('an adopted task that has succeeded is paid for, also where MiniMax does not know it later', () => {
  const known = { ...submittedJob, task: { ...submittedJob.task, adopted: true } };
  const seen = toCheckedJob(known, { ...running, status: 'succeeded' }, { now: after(60), schedule });
  expect(toFailedJob(failedWith(seen, 'InvalidRequest', 'No such task'), after(70)).error).toMatchObject({
    money_spent: 'yes',
    Cause: expect.stringContaining('with task_id "42" as the only field'),
  });
});

test('an error in our own code has a title of its own', () => {
  expect(toFailedJob(failedWith(submittedJob, 'TypeError'), after(5)).error).toMatchObject({
    Error: 'MiniMaxUnavailable',
    title: 'The step Check task failed',
  });
});

test('the record of an earlier execution with this name is no record', () => {
  const old = { ...submittedJob, created_at: after(-90 * 24 * 3600).toISOString() };
  const { task, error } = toFailedJob(
    { ...failedWith(request, 'Sandbox.Timedout'), recorded: old },
    after(9),
  );
  expect(task).toBeUndefined();
  expect(error.Cause).not.toContain('"42"');
});

test('bounds what it carries on: a request from the console, and the words of a failure', () => {
  const large = { template_id: '1', text_inputs: [{ value: 'x'.repeat(250_000) }] };
  const job = toFailedJob(failedWith(large, 'InvalidRequest', 'y'.repeat(50_000)), after(1));
  expect(job.request).toMatch(/^\(\d+ bytes: see the execution's input\)$/);
  expect(job.error.Cause.length).toBeLessThan(2_000);
});

test('an adoption whose own step broke can be redriven', () => {
  const job = toFailedJob(failedWith({ task_id: '7' }, 'Sandbox.Timedout'), after(5));
  expect(job.task).toMatchObject({ task_id: '7', adopted: true });
  expect(job.error.Cause).toContain('The step Adopt task ended with Sandbox.Timedout');
  expect(job.error.Cause).toContain('Redriving this execution also continues the task');
});

test('a recorded failure carries the request, without its inline images', () => {
  const image = `data:image/png;base64,${'A'.repeat(5000)}`;
  const rejected = { ...request, media_inputs: [{ value: image }] };
  expect(toFailedJob(failedWith(rejected, 'ContentRejected'), after(5)).request).toEqual({
    ...request,
    media_inputs: [
      {
        value:
          'data:image/png (inline, 3750 bytes, SHA-256 a60bb0878a2f243bd3ac9e87effdeb479151e95e767e94bd4a5131e931999707)',
      },
    ],
  });
  expect(toFailedJob(failedWith(submittedJob, 'Sandbox.Timedout'), after(5)).request).toEqual(request);
});

test.each([
  [[1, 2]],
  [{ media_inputs: [1, null, { value: 2 }] }],
  [{ task: 'x', check: 3 }],
  [{ task_id: 17 }],
])('records a failure of the request %j', (rubbish) => {
  expect(toFailedJob(failedWith(rubbish, 'InvalidRequest'), after(1)).error).toMatchObject({
    Error: 'InvalidRequest',
    money_spent: 'no',
  });
});

test.each([
  ['a text', 'hello', 'the body must be an object; given "hello"'],
  ['a list', [1], 'the body must be an object; given a list'],
  ['null', null, 'the body must be an object; given null'],
  ['something else', { templateId: '1' }, '/template_id is missing'],
])('an execution that was started with %s is an InvalidRequest that says so', (_name, input, why) => {
  const given = input as unknown as FailedStepInput['job'];
  const job = toFailedJob({ ...executionKey, redrives: 0, job: given }, after(1));
  expect(job.error).toMatchObject({ Error: 'InvalidRequest', money_spent: 'no' });
  expect(job.error.Cause).toContain(`The execution's input is wrong: ${why}`);
  expect(job.request).toEqual(input);
});

test.each([
  ['a text', 'hello', 'the body must be an object; given "hello"'],
  ['null', null, 'the body must be an object; given null'],
  ['an error of its own', { error: { Error: 'X', Cause: 'Y' } }, '/template_id is missing'],
])('an execution whose input was rejected says what is wrong with the input: %s', (_name, input, why) => {
  const job = toFailedJob(
    { ...executionKey, redrives: 0, job: { rejected_input: input, error: REJECTED } },
    after(1),
  );
  expect(job.error).toMatchObject({ Error: 'InvalidRequest', money_spent: 'no' });
  expect(job.error.Cause).toContain(`The execution's input is wrong: ${why}`);
  expect(job.request).toEqual(input);
});

test('an execution whose input was rejected may find that another holds its video', () => {
  const error = { Error: 'VideoExistsAlready', Cause: 'Another holds it.' };
  const job = toFailedJob(
    { ...executionKey, redrives: 0, job: { rejected_input: 'hello', error } },
    after(1),
  );
  expect(job).toMatchObject({ request: 'hello', error: { Error: 'VideoExistsAlready', money_spent: 'no' } });
});

test('a request with a field of that name is a request', () => {
  const job = toFailedJob(failedWith({ ...request, rejected_input: 'x' }, 'MiniMaxBusy'), after(5));
  expect(job).toMatchObject({
    request: { ...request, rejected_input: 'x' },
    error: { Error: 'MiniMaxBusy' },
  });
});

test('a create in doubt says what to search for: the template and the time', () => {
  const { error } = toFailedJob(failedWith(request, 'SubmitOutcomeUnknown', 'No answer'), after(100));
  expect(error.Cause).toContain(
    'Search for a task of template 393769180141805569 made between 2026-11-22T10:00:00.000Z and 2026-11-22T10:01:40.000Z.',
  );
});

test.each([
  [
    'Runtime.ExitError',
    'The step Submit task ended with Runtime.ExitError instead of a result, after MiniMax had accepted the task 42.',
  ],
  ['SubmitOutcomeUnknown', 'It broke.'],
])('a create that ended with %s names the recorded task, and can be redriven', (error, description) => {
  const context = { ...failedWith(request, error), recorded: submittedJob };
  const job = toFailedJob(context, after(9));
  expect(isCreateInDoubt(context)).toBe(true);
  expect(job).toMatchObject({ task: submittedJob.task, error: { Error: 'SubmitOutcomeUnknown' } });
  expect(job.error.Cause).toContain(description);
  expect(job.error.Cause).toContain('with task_id "42" as the only field');
  expect(decideOutcome({ ...context, job, task_token: 't', redrives: 1 }, after(10))).toHaveProperty(
    'resume',
  );
});

const withoutTask = JSON.stringify({ ...executionKey, request });

test.each(['', 'rubbish', '{"task":{}}', '{"task":{"task_id":1}}', withoutTask])(
  'finds no task in the record %s',
  (text) => {
    const recorded = parseJobRecord(text);
    const { task, error } = toFailedJob({ ...failedWith(request, 'Sandbox.Timedout'), recorded }, after(9));
    expect(task).toBeUndefined();
    expect(error.Cause).toContain('with the id found there as task_id');
  },
);

test('the cause says whether a redrive continues, and that it submits nothing', () => {
  expect(toFailedJob(failedWith(submittedJob, 'GaveUpWaiting'), after(1)).error.Cause).toContain(
    'Redriving this execution also continues the task, and submits nothing.',
  );
  expect(toFailedJob(failedWith(request, 'SubmitOutcomeUnknown'), after(1)).error.Cause).toContain(
    'Redriving this execution does not help: it submits nothing and fails again.',
  );
});

test('a failure that could not be written down says so and keeps its name', () => {
  const job = withRecordingError(
    toFailedJob(failedWith(request, 'MiniMaxRefused'), after(1)),
    'The bucket is gone.',
  );
  expect(job.error).toMatchObject({
    Error: 'MiniMaxRefused',
    Cause: expect.stringMatching(
      /The failure could not be written into job\.json at once: The bucket is gone\.$/,
    ),
  });
});

test('says between which times a create may have been accepted: from when it was sent, however late that is recorded', () => {
  const context = {
    ...failedWith(request, 'Runtime.ExitError'),
    recorded: { ...executionKey, attempt: ATTEMPT },
  };
  const { error } = toFailedJob(context, after(9_000));
  expect(error).toMatchObject({ Error: 'SubmitOutcomeUnknown', money_spent: 'maybe' });
  expect(error.Cause).toContain(`made between ${after(3).toISOString()} and ${after(153).toISOString()}.`);
  const soon = toFailedJob(context, after(20)).error.Cause;
  expect(soon).toContain(`made between ${after(3).toISOString()} and ${after(20).toISOString()}.`);
});

const ATTEMPT = { id: 'a', redrive_count: 0, retry_count: 0, sending_at: after(3).toISOString() };

const TASK = { task_id: '42', kind: 'template', adopted: false, waiting_since: after(2).toISOString() };

test.each([
  ['a check without a field', { task: TASK, check: { status: 'succeeded' } }],
  ['a check that is none', { task: TASK, check: 'done' }],
  ['a task with its id alone', { task: { task_id: '42' } }],
  ['a task of an unknown kind', { task: { ...TASK, kind: 'another' } }],
  ['a start that is no time', { task: TASK, created_at: 7 }],
])('keeps the task of a job document with %s, and a redrive continues with it', (_what, fields) => {
  const context = failedWith({ ...executionKey, request, ...fields }, 'VideoUnreachable');
  const job = toFailedJob(context, after(5));
  expect(job.task?.task_id).toBe('42');
  expect(job.request).toEqual(request);
  expect(job.error.Cause).toContain('with task_id "42"');
  const ended = { ...context, job, task_token: 't', redrives: context.redrives + 1 };
  expect(decideOutcome(ended, after(10))).toMatchObject({ resume: { task: { task_id: '42' } } });
});

test('a job document whose task has no id is in doubt, and is not taken for a request', () => {
  const job = toFailedJob(
    failedWith({ ...executionKey, request, task: { task_id: 7 } }, 'TypeError'),
    after(5),
  );
  expect(job.task).toBeUndefined();
  expect(job.request).toEqual(request);
  expect(job.error).toMatchObject({ Error: 'SubmitOutcomeUnknown', money_spent: 'maybe' });
});
