import { expect, test } from 'vitest';
import { Failure } from '../../../lambdas/core/failure.ts';
import {
  adopted,
  checked,
  checkFailed,
  restBefore,
  submitted,
  withBell,
} from '../../../lambdas/core/job/job.ts';
import { resumed } from '../../../lambdas/core/job/job-record.ts';
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

test('a submitted job knows its task and waits for the first look', () => {
  const { redrives: _redrives, retries: _retries, ...job } = newJob;
  expect(submittedJob).toEqual({
    ...job,
    task: { task_id: '42', adopted: false, waiting_since: createdAt.toISOString(), trace_id: 't' },
    wait_seconds: 30,
  });
});

test('a submitted job no longer carries its inline images', () => {
  const image = `data:image/png;base64,${'A'.repeat(5000)}`;
  const job = submitted(
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

test('a redriven submission goes on with the task on record, and waits for it anew', () => {
  expect(resumed({ ...newJob, redrives: 1 }, submittedJob.task, after(500))).toEqual({
    ...submittedJob,
    task: { ...submittedJob.task, waiting_since: after(500).toISOString() },
    wait_seconds: 1,
    redrives: 1,
  });
});

const unconfirmedJob = submitted(newJob, { taskId: '42', isUnconfirmed: true }, { now: createdAt, schedule });
const refusal = new Failure('InvalidRequest', 'MiniMax answered the query with code 2013.');

test('a task of a broken answer is its own, and unconfirmed until a query is answered', () => {
  expect(unconfirmedJob.task).toMatchObject({ task_id: '42', adopted: false, unconfirmed: true });
  const job = checked(unconfirmedJob, running, { now: after(30), schedule });
  expect(job.task).toEqual({ task_id: '42', adopted: false, waiting_since: createdAt.toISOString() });
});

test('an id of a broken answer that MiniMax refuses is in doubt, and named', () => {
  expect(checkFailed(unconfirmedJob, refusal, { now: after(30), schedule })).toMatchObject({
    name: 'SubmitOutcomeUnknown',
    message:
      'The answer to the create broke off behind the id of task 42, and MiniMax refused that id twice. MiniMax answered the query with code 2013.',
  });
});

test.each([
  ['of a whole answer', submittedJob, refusal],
  ['that was confirmed', checked(unconfirmedJob, running, { now: after(30), schedule }), refusal],
  ['that MiniMax could not be asked about', unconfirmedJob, new Failure('MiniMaxUnavailable', 'x')],
])('a failed check of an id %s keeps its name', (_which, job, failure) => {
  expect(checkFailed(job, failure, { now: after(40), schedule })).toBe(failure);
});

test('an adopted job is looked at without waiting, and waited for from now on', () => {
  const task = { task_id: '7', adopted: true, waiting_since: createdAt.toISOString() };
  expect(adopted(newJob, { request: { task_id: '7' }, task }, after(500))).toEqual({
    ...executionKey,
    request: { task_id: '7' },
    task: { ...task, waiting_since: after(500).toISOString() },
    wait_seconds: 0,
  });
});

test('a checked job counts its looks and says when the next one is', () => {
  const once = checked(submittedJob, running, { now: after(30), schedule });
  const twice = checked(once, running, { now: after(40), schedule });
  expect(twice).toMatchObject({
    wait_seconds: 10,
    check: { status: 'running', minimax_status: 'Processing', polls: 2, elapsed_seconds: 40 },
  });
});

test('a task that still runs when its time is over is given up, with its id', () => {
  expect(() => checked(submittedJob, running, { now: after(3600), schedule })).toThrow(
    expect.objectContaining({ name: 'GaveUpWaiting', message: expect.stringContaining('task 42') }),
  );
});

test('a task that succeeds after its time is over is taken all the same', () => {
  const task: Task = { status: 'succeeded', word: 'Success', code: 0, videoUrl: 'https://x.example/v.mp4' };
  const job = checked(submittedJob, task, { now: after(9999), schedule });
  expect(job.check.status).toBe('succeeded');
  expect(JSON.stringify(job)).not.toContain('x.example');
});

test.each([
  [0, 'GenerationFailed'],
  [1026, 'ContentRejected'],
  [1027, 'ContentRejected'],
])('a task that failed with code %i is %s', (code, name) => {
  const job = checked(submittedJob, { status: 'failed', word: 'Fail', code }, { now: after(60), schedule });
  expect(job).toMatchObject({ check: { status: 'failed' }, error: { Error: name } });
});

test.each([
  ['MiniMaxUnavailable', 100, 'MiniMaxUnavailable'],
  ['MiniMaxUnavailable', 3600, 'GaveUpWaiting'],
  ['MiniMaxBusy', 3600, 'GaveUpWaiting'],
  ['ApiKeyRejected', 3600, 'ApiKeyRejected'],
] as const)('a look that failed with %s after %i s is %s', (name, seconds, expected) => {
  expect(checkFailed(submittedJob, new Failure(name, 'x'), { now: after(seconds), schedule }).name).toBe(
    expected,
  );
});

const rungJob = withBell(submittedJob, { listening: true, rings: 0 }, schedule);
const unheardJob = withBell(submittedJob, { listening: false, rings: 0, note: 'why' }, schedule);
const ring = { rung_at: after(40).toISOString() };

test('a job that is rung for waits long, and as always where nobody listens', () => {
  expect(rungJob).toEqual({ ...submittedJob, wait_seconds: 360, bell: { listening: true, rings: 0 } });
  expect(unheardJob).toMatchObject({ wait_seconds: 30, bell: { note: 'why' } });
  expect(checked(unheardJob, running, { now: after(40), schedule })).toMatchObject({
    wait_seconds: 10,
    bell: unheardJob.bell,
  });
});

test('a ring is counted and leaves the card, and a wait that ran out of time is not', () => {
  const rung = checked({ ...rungJob, ring }, running, { now: after(40), schedule });
  expect(rung).toMatchObject({ wait_seconds: 320, bell: { listening: true, rings: 1 } });
  expect(rung).not.toHaveProperty('ring');
  const unheard = checked(rung, running, { now: after(360), schedule });
  expect(unheard).toMatchObject({ wait_seconds: 120, bell: { listening: true, rings: 1 } });
});

test('a bell that rings too often is listened to no more, and the task is polled as always', () => {
  let job = checked({ ...rungJob, ring }, running, { now: after(40), schedule });
  for (let times = 2; times < 20; times += 1)
    job = checked({ ...job, ring }, running, { now: after(40), schedule });
  expect(job.bell).toEqual({ listening: true, rings: 19 });
  job = checked({ ...job, ring }, running, { now: after(40), schedule });
  expect(job).toMatchObject({
    wait_seconds: 10,
    bell: { listening: false, rings: 20, note: expect.stringContaining('20 times') },
  });
});

test('a ring that comes to a job without a bell changes nothing', () => {
  expect(checked({ ...submittedJob, ring }, running, { now: after(40), schedule })).toEqual(
    checked(submittedJob, running, { now: after(40), schedule }),
  );
});

test('a look that was rung for comes no sooner than some seconds after the last one', () => {
  const { check, ...rest } = checked(rungJob, running, { now: after(40), schedule });
  const job = { ...rest, check, ring };
  expect(restBefore(job, after(40), 5)).toBe(5000);
  expect(restBefore(job, after(43), 5)).toBe(2000);
  expect(restBefore(job, after(45), 5)).toBe(0);
  expect(restBefore(job, after(4000), 5)).toBe(0);
  expect(restBefore(job, after(10), 5)).toBe(5000);
  expect(restBefore({ ...rest, check }, after(40), 5)).toBe(0);
  expect(restBefore({ ...rungJob, ring }, after(40), 5)).toBe(0);
});

test('a ring that shows nothing new is followed by another look in a minute, since MiniMax may not know yet', () => {
  const first = checked({ ...rungJob, ring }, running, { now: after(40), schedule });
  expect(first.wait_seconds).toBe(320);
  expect(checked({ ...first, ring }, running, { now: after(50), schedule }).wait_seconds).toBe(60);
  const queued: Task = { ...running, word: 'Queueing' };
  expect(checked({ ...first, ring }, queued, { now: after(50), schedule }).wait_seconds).toBe(310);
  expect(checked(first, running, { now: after(50), schedule }).wait_seconds).toBe(310);
});

test.each([
  ['Lambda.ResourceNotFoundException', '{"errorMessage":"Function not found"}', ': Function not found'],
  ['Lambda.TooManyRequestsException', 'Rate Exceeded.', ': Rate Exceeded.'],
  ['States.TaskFailed', '', ''],
])(
  'a wait that ends with %s means that nobody listens any more, and the task is polled from then on',
  (name, cause, why) => {
    const job = checked({ ...rungJob, ring: { Error: name, Cause: cause } }, running, {
      now: after(40),
      schedule,
    });
    expect(job).toMatchObject({
      wait_seconds: 10,
      bell: {
        listening: false,
        rings: 0,
        note: `Waiting for callbacks does not work (${name}${why}), so nobody listens any more.`,
      },
    });
    expect(job).not.toHaveProperty('ring');
    // From then on by the plan, as if there had never been a bell.
    for (const seconds of [50, 700, 2000])
      expect(checked(job, running, { now: after(seconds), schedule }).wait_seconds).toBe(
        checked(submittedJob, running, { now: after(seconds), schedule }).wait_seconds,
      );
  },
);

test('a wait that ends with an error says so on the card in a few words, whatever the error says', () => {
  const ring = { Error: 'X', Cause: `\u001b[2J${'long '.repeat(1000)}` };
  const { note = '' } = checked({ ...rungJob, ring }, running, { now: after(40), schedule }).bell ?? {};
  expect(note.length).toBeLessThan(450);
  expect(note).not.toContain('\u001b');
});
