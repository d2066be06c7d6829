import { expect, test } from 'vitest';
import { isVisible } from '../../../lambdas/core/completion/end.ts';
import type { Execution } from '../../../lambdas/core/video/execution.ts';
import { after, createdAt, executionKey, request } from '../../harness/running-job.ts';

const ended: Execution = {
  arn: executionKey.execution_arn,
  name: 'v1',
  status: 'FAILED',
  startDate: createdAt,
  stopDate: after(60.5),
  redriveCount: 1,
  input: request,
  newestEvent: 'ExecutionFailed',
};
const reported = { name: 'v1', stoppedAt: after(60.5).getTime(), redrives: 1 };
const { stopDate: _stopDate, ...running } = { ...ended, status: 'RUNNING' } as const;

test.each([
  ['the end with its last event', reported, ended, true],
  ['the end without its last event', reported, { ...ended, newestEvent: 'WaitStateEntered' }, false],
  [
    'an end that was redriven as its last event',
    reported,
    { ...ended, newestEvent: 'ExecutionRedriven' },
    false,
  ],
  [
    'a good end, whose output says all',
    reported,
    { ...ended, status: 'SUCCEEDED', newestEvent: 'Any' },
    true,
  ],
  ['an execution that runs', reported, running, false],
  ['an earlier end', reported, { ...ended, stopDate: after(59) }, false],
  ['a time without its fraction', reported, { ...ended, stopDate: after(60) }, true],
  ['a redrive after it', reported, { ...running, redriveCount: 2 }, true],
  ['anything, where the event names no time', { name: 'v1' }, running, true],
] as const)('shows %s', (_what, end, found, expected) => {
  expect(isVisible(end, found)).toBe(expected);
});
