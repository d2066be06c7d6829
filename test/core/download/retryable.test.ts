import { expect, test } from 'vitest';
import { finishedJob } from '../../../bench/copy/finished-job.ts';
import { RetryableError } from '../../../lambdas/core/download/retryable.ts';
import { FAILURES } from '../../../lambdas/core/failure.ts';
import { toFailedJob } from '../../../lambdas/core/record-failure/explain.ts';
import { toFailureName } from '../../../lambdas/core/record-failure/failure-name.ts';
import { toProgressFields } from '../../../lambdas/core/video/progress.ts';

test.each([
  ['VideoNotPlayable', 'VideoRejected', 'What MiniMax offers is not a playable video yet'],
  ['VideoUnfinished', 'VideoUnreachable', 'A part of the file is stored; the next attempt continues'],
] as const)(
  '%s ends as %s with its own title, and its message is plain while it is retried',
  (name, ends, title) => {
    const { message } = new RetryableError(name, 'So it was.');
    const job = finishedJob('1');
    const broken = {
      ...job,
      redrives: 0,
      job: { ...job, error: { Error: name, Cause: JSON.stringify({ errorMessage: message }) } },
    };
    const { error } = toFailedJob(broken, new Date());
    expect(error).toMatchObject({
      Error: ends,
      title: FAILURES[ends].title,
      money_spent: 'yes',
      retry: 'adopt',
    });
    expect(error.Cause).toMatch(/^So it was\. The task is paid for\. Adopt the task/);
    expect(toProgressFields({ stateName: 'Copy video', lastError: name }, undefined).retrying).toEqual({
      type: ends,
      title,
    });
  },
);

test('returns the names of failures unchanged, and no other name', () => {
  for (const name of Object.keys(FAILURES)) expect(toFailureName(name)).toBe(name);
  expect(toFailureName('Sandbox.Timedout')).toBeUndefined();
});
