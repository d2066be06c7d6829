import { expect, test } from 'vitest';
import { Failure } from '../../../lambdas/core/failure.ts';
import { debounceMs } from '../../../lambdas/core/job/callback-state.ts';
import { toCheckedJob, toCheckFailure } from '../../../lambdas/core/job/checked-job.ts';
import {
  toAdoptedJob,
  toResumedJob,
  toSubmittedJob,
  withCallbacks,
} from '../../../lambdas/core/job/submitted-job.ts';
import type { Task } from '../../../lambdas/core/minimax/task.ts';
import {
  after,
  createdAt,
  executionKey,
  newJob,
  request,
  running,
  schedule,
  submittedJob,
} from '../../harness/running-job.ts';

test('a submitted job knows its task and waits for the first check', () => {
  const { redrives: _redrives, retries: _retries, ...job } = newJob;
  expect(submittedJob).toEqual({
    ...job,
    task: {
      task_id: '42',
      kind: 'template',
      adopted: false,
      waiting_since: createdAt.toISOString(),
      trace_id: 't',
    },
    wait_seconds: 30,
  });
});

test('a submitted job no longer carries its inline images', () => {
  const image = `data:image/png;base64,${'A'.repeat(5000)}`;
  const job = toSubmittedJob(
    {
      ...newJob,
      request: { ...request, media_inputs: [{ value: image }, { value: 'https://x.example/a.jpg' }] },
    },
    { taskId: '42' },
    { now: createdAt, schedule },
  );
  expect(job.request).toMatchObject({
    media_inputs: [
      {
        value:
          'data:image/png (inline, 3750 bytes, SHA-256 a60bb0878a2f243bd3ac9e87effdeb479151e95e767e94bd4a5131e931999707)',
      },
      { value: 'https://x.example/a.jpg' },
    ],
  });
});

test('a redriven submission continues the recorded task, and waits for it anew', () => {
  expect(toResumedJob({ ...newJob, redrives: 1 }, submittedJob.task, after(500))).toEqual({
    ...submittedJob,
    task: { ...submittedJob.task, waiting_since: after(500).toISOString() },
    wait_seconds: 1,
    redrives: 1,
  });
});

const unconfirmedJob = toSubmittedJob(
  newJob,
  { taskId: '42', isUnconfirmed: true },
  { now: createdAt, schedule },
);
const rejection = new Failure('InvalidRequest', 'MiniMax answered the query with code 2013.');

test('a task of a broken answer is its own, and unconfirmed until a query is answered', () => {
  expect(unconfirmedJob.task).toMatchObject({ task_id: '42', adopted: false, unconfirmed: true });
  const job = toCheckedJob(unconfirmedJob, running, { now: after(30), schedule });
  expect(job.task).toEqual({
    task_id: '42',
    kind: 'template',
    adopted: false,
    waiting_since: createdAt.toISOString(),
  });
});

test('an id of a broken answer that MiniMax rejects is in doubt, and named', () => {
  expect(toCheckFailure(unconfirmedJob, rejection, { now: after(30), schedule })).toMatchObject({
    name: 'SubmitOutcomeUnknown',
    message:
      'The answer to the create broke off after the id of task 42, and MiniMax rejected that id twice. MiniMax answered the query with code 2013.',
  });
});

test.each([
  ['of a whole answer', submittedJob, rejection],
  ['that was confirmed', toCheckedJob(unconfirmedJob, running, { now: after(30), schedule }), rejection],
  ['that MiniMax could not be asked about', unconfirmedJob, new Failure('MiniMaxUnavailable', 'x')],
])('a failed check of an id %s keeps its name', (_which, job, failure) => {
  expect(toCheckFailure(job, failure, { now: after(40), schedule })).toBe(failure);
});

test('an adopted job is checked without waiting, and its time begins now', () => {
  const task = {
    task_id: '7',
    kind: 'template' as const,
    adopted: true,
    waiting_since: createdAt.toISOString(),
  };
  expect(toAdoptedJob(newJob, { request: { task_id: '7' }, task }, after(500))).toEqual({
    ...executionKey,
    request: { task_id: '7' },
    task: { ...task, waiting_since: after(500).toISOString() },
    wait_seconds: 0,
  });
});

test('a checked job counts its checks and says when the next one is', () => {
  const once = toCheckedJob(submittedJob, running, { now: after(30), schedule });
  const twice = toCheckedJob(once, running, { now: after(40), schedule });
  expect(twice).toMatchObject({
    wait_seconds: 10,
    check: { status: 'running', minimax_status: 'Processing', polls: 2, elapsed_seconds: 40 },
  });
});

test('a task that still runs when its time is over is given up, with its id', () => {
  expect(() => toCheckedJob(submittedJob, running, { now: after(3600), schedule })).toThrow(
    expect.objectContaining({ name: 'GaveUpWaiting', message: expect.stringContaining('task 42') }),
  );
});

test('a task that succeeds after its time is over has succeeded', () => {
  const task: Task = {
    status: 'succeeded',
    rawStatus: 'Success',
    code: 0,
    videoUrl: 'https://x.example/v.mp4',
  };
  const job = toCheckedJob(submittedJob, task, { now: after(9999), schedule });
  expect(job.check.status).toBe('succeeded');
  expect(JSON.stringify(job)).not.toContain('x.example');
});

test.each([
  [0, 'GenerationFailed'],
  [1026, 'ContentRejected'],
  [1027, 'ContentRejected'],
])('a task that failed with code %i is %s', (code, name) => {
  const job = toCheckedJob(
    submittedJob,
    { status: 'failed', rawStatus: 'Fail', code },
    { now: after(60), schedule },
  );
  expect(job).toMatchObject({ check: { status: 'failed' }, error: { Error: name } });
});

test.each([
  ['MiniMaxUnavailable', 100, 'MiniMaxUnavailable'],
  ['MiniMaxUnavailable', 3600, 'GaveUpWaiting'],
  ['MiniMaxBusy', 3600, 'GaveUpWaiting'],
  ['ApiKeyRejected', 3600, 'ApiKeyRejected'],
] as const)('a check that failed with %s after %i s is %s', (name, seconds, expected) => {
  expect(toCheckFailure(submittedJob, new Failure(name, 'x'), { now: after(seconds), schedule }).name).toBe(
    expected,
  );
});

const calledBackJob = withCallbacks(submittedJob, { active: true, received: 0 }, schedule);
const uncalledJob = withCallbacks(submittedJob, { active: false, received: 0, note: 'why' }, schedule);
const callback = { callback_received_at: after(40).toISOString() };

test('a job with active callbacks waits long, and one without waits as a polled one', () => {
  expect(calledBackJob).toEqual({
    ...submittedJob,
    wait_seconds: 360,
    callbacks: { active: true, received: 0 },
  });
  expect(uncalledJob).toMatchObject({ wait_seconds: 30, callbacks: { note: 'why' } });
  expect(toCheckedJob(uncalledJob, running, { now: after(40), schedule })).toMatchObject({
    wait_seconds: 10,
    callbacks: uncalledJob.callbacks,
  });
});

test('a callback is counted and leaves the job document, and a wait that ran out of time is not counted', () => {
  const calledBack = toCheckedJob({ ...calledBackJob, callback }, running, { now: after(40), schedule });
  expect(calledBack).toMatchObject({ wait_seconds: 320, callbacks: { active: true, received: 1 } });
  expect(calledBack).not.toHaveProperty('callback');
  const notRegistered = toCheckedJob(calledBack, running, { now: after(360), schedule });
  expect(notRegistered).toMatchObject({ wait_seconds: 120, callbacks: { active: true, received: 1 } });
});

test('after too many callbacks the task is polled', () => {
  let job = toCheckedJob({ ...calledBackJob, callback }, running, { now: after(40), schedule });
  for (let times = 2; times < 20; times += 1)
    job = toCheckedJob({ ...job, callback }, running, { now: after(40), schedule });
  expect(job.callbacks).toEqual({ active: true, received: 19 });
  job = toCheckedJob({ ...job, callback }, running, { now: after(40), schedule });
  expect(job).toMatchObject({
    wait_seconds: 10,
    callbacks: { active: false, received: 20, note: expect.stringContaining('20 callbacks have come') },
  });
});

test('a callback changes nothing of a job that has no callbacks', () => {
  expect(toCheckedJob({ ...submittedJob, callback }, running, { now: after(40), schedule })).toEqual(
    toCheckedJob(submittedJob, running, { now: after(40), schedule }),
  );
});

test('a check after a callback comes at least some seconds after the last check', () => {
  const { check, ...rest } = toCheckedJob(calledBackJob, running, { now: after(40), schedule });
  const job = { ...rest, check, callback };
  expect(debounceMs(job, after(40), 5)).toBe(5000);
  expect(debounceMs(job, after(43), 5)).toBe(2000);
  expect(debounceMs(job, after(45), 5)).toBe(0);
  expect(debounceMs(job, after(4000), 5)).toBe(0);
  expect(debounceMs(job, after(10), 5)).toBe(5000);
  expect(debounceMs({ ...rest, check }, after(40), 5)).toBe(0);
  expect(debounceMs({ ...calledBackJob, callback }, after(40), 5)).toBe(0);
});

test('a callback that reveals no change is followed by another check in a minute', () => {
  const first = toCheckedJob({ ...calledBackJob, callback }, running, { now: after(40), schedule });
  expect(first.wait_seconds).toBe(320);
  expect(toCheckedJob({ ...first, callback }, running, { now: after(50), schedule }).wait_seconds).toBe(60);
  const queued: Task = { ...running, rawStatus: 'Queueing' };
  expect(toCheckedJob({ ...first, callback }, queued, { now: after(50), schedule }).wait_seconds).toBe(310);
  expect(toCheckedJob(first, running, { now: after(50), schedule }).wait_seconds).toBe(310);
});

test.each([
  ['Lambda.ResourceNotFoundException', '{"errorMessage":"Function not found"}', ': Function not found'],
  ['Lambda.TooManyRequestsException', 'Rate Exceeded.', ': Rate Exceeded.'],
  ['States.TaskFailed', '', ''],
])(
  'a wait that ends with %s turns callbacks off, and the task is polled from then on',
  (name, cause, why) => {
    const job = toCheckedJob({ ...calledBackJob, callback: { Error: name, Cause: cause } }, running, {
      now: after(40),
      schedule,
    });
    expect(job).toMatchObject({
      wait_seconds: 10,
      callbacks: {
        active: false,
        received: 0,
        note: `Waiting for callbacks does not work (${name}${why}), so the video is polled.`,
      },
    });
    expect(job).not.toHaveProperty('callback');
    for (const seconds of [50, 700, 2000])
      expect(toCheckedJob(job, running, { now: after(seconds), schedule }).wait_seconds).toBe(
        toCheckedJob(submittedJob, running, { now: after(seconds), schedule }).wait_seconds,
      );
  },
);

test('a wait that ends with an error leaves a short note in the job document, however long the error is', () => {
  const callback = { Error: 'X', Cause: `\u001b[2J${'long '.repeat(1000)}` };
  const { note = '' } =
    toCheckedJob({ ...calledBackJob, callback }, running, { now: after(40), schedule }).callbacks ?? {};
  expect(note.length).toBeLessThan(450);
  expect(note).not.toContain('\u001b');
});
