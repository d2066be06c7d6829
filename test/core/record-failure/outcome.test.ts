import { expect, test } from 'vitest';
import type { FailedJob } from '../../../lambdas/core/record-failure/explain.ts';
import { toFailedJob } from '../../../lambdas/core/record-failure/explain.ts';
import {
  decideOutcome,
  type EndedJob,
  needsStoredTask,
} from '../../../lambdas/core/record-failure/outcome.ts';
import { after, executionKey, request, submittedJob } from '../../harness/running-job.ts';

const caught = { Error: 'GaveUpWaiting', Cause: '{"errorMessage":"It took too long."}' };

function recorded(job: object, redrives = 0): FailedJob {
  return toFailedJob({ ...executionKey, redrives, job: { ...job, error: caught } }, after(10));
}

function ended(job: EndedJob['job'], redrives: number): EndedJob {
  return { ...executionKey, task_token: 'token', redrives, job };
}

test('fails with exactly the recorded error', () => {
  const job = recorded(submittedJob);
  expect(decideOutcome(ended(job, 0), after(11))).toEqual({
    error: { Error: 'GaveUpWaiting', Cause: job.error.Cause },
  });
});

test('continues the task when it is redriven, and waits for it anew', () => {
  expect(decideOutcome(ended(recorded(submittedJob), 1), after(5000))).toEqual({
    resume: {
      ...submittedJob,
      task: { ...submittedJob.task, waiting_since: after(5000).toISOString() },
      wait_seconds: 0,
      redrives: 1,
    },
  });
});

test('a job that failed again after a redrive fails, until it is redriven once more', () => {
  const again = recorded(submittedJob, 1);
  expect(decideOutcome(ended(again, 1), after(5000))).toHaveProperty('error');
  expect(decideOutcome(ended(again, 2), after(5000))).toMatchObject({ resume: { redrives: 2 } });
});

test('fails however often it is redriven where there is no task to continue', () => {
  const job = recorded(request);
  expect(decideOutcome(ended(job, 3), after(11))).toEqual(decideOutcome(ended(job, 0), after(11)));
});

test('continues a task that was written down too late for the job document', () => {
  const job = recorded(request);
  const inDoubt = { ...job, error: { ...job.error, Error: 'SubmitOutcomeUnknown' } };
  expect(needsStoredTask(ended(inDoubt, 1))).toBe(true);
  expect(needsStoredTask(ended(recorded(submittedJob), 1))).toBe(false);
  const context = { ...ended(inDoubt, 1), recorded: submittedJob };
  expect(decideOutcome(context, after(11))).toMatchObject({ resume: { task: { task_id: '42' } } });
  expect(decideOutcome({ ...context, redrives: 0 }, after(11))).toHaveProperty('error');
});

test('finds the name and the plain cause where Record failure failed', () => {
  const record_failure = { Error: 'Runtime.ExitError', Cause: '{}' };
  const job = { ...submittedJob, error: caught, record_failure };
  const outcome = decideOutcome(ended(job, 0), after(10));
  expect(outcome).toEqual({
    error: {
      Error: 'GaveUpWaiting',
      Cause: `${recorded(submittedJob).error.Cause} The failure could not be written into job.json at once: the step that writes it ended with Runtime.ExitError.`,
    },
  });
  expect(decideOutcome(ended(job, 1), after(10))).toHaveProperty('resume');
});

test('says where a task may be named that could not be read', () => {
  const inDoubt = recorded(request);
  const job = { ...inDoubt, error: { ...inDoubt.error, Error: 'SubmitOutcomeUnknown' } };
  const unread = 'The object could not be read or written (AccessDenied).';
  for (const redrives of [0, 1])
    expect(decideOutcome({ ...ended(job, redrives), unread }, after(11))).toEqual({
      error: {
        Error: 'SubmitOutcomeUnknown',
        Cause: `${job.error.Cause} The object videos/v1/job.json could not be read and may name the task: read it first (${unread}).`,
      },
    });
});
