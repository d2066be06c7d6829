import { expect, test } from 'vitest';
import { toEndEvent, toRedriveEvent } from '../../../lambdas/core/completion/trigger-event.ts';
import { after, createdAt, executionKey } from '../../harness/running-job.ts';

const change = {
  name: 'v1',
  executionArn: executionKey.execution_arn,
  startDate: createdAt.getTime(),
  stopDate: after(60).getTime(),
  redriveCount: 2,
};

test('names the execution that was redriven, and how often', () => {
  expect(toRedriveEvent({ ...change, status: 'RUNNING' }, after(90))).toEqual({
    key: executionKey,
    redriven: { redrive_count: 2, at: after(90).toISOString() },
  });
});

test.each([undefined, 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])(
  'takes an event of the status %s for an end',
  (status) => {
    expect(toRedriveEvent({ ...change, status }, after(90))).toBeUndefined();
    expect(toEndEvent({ ...change, status })).toEqual({
      name: 'v1',
      stoppedAt: after(60).getTime(),
      redrives: 2,
    });
  },
);
