import { expect, test } from 'vitest';
import { isAnnounced, isVisible, withAnnouncement } from '../../../lambdas/core/completion/end.ts';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import type { VideoRecord } from '../../../lambdas/core/job/record-schema.ts';
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

const announced_at = after(61).toISOString();
const record: JobRecord = { ...executionKey, finished_at: after(60.5).toISOString(), redrives: 1 };

test.each([
  ['nothing', undefined, false],
  ['the end without its announcement', record, false],
  ['the end with its announcement', { ...record, announced_at }, true],
  ['an earlier end', { ...record, finished_at: after(60).toISOString(), announced_at }, false],
  ['a later end', { ...record, finished_at: after(61).toISOString(), announced_at }, true],
  ['no end, with an announcement', { ...executionKey, announced_at }, false],
])('a document with %s: is the end announced?', (_what, found, expected) => {
  expect(isAnnounced(found, after(60.5))).toBe(expected);
});

test.each([
  ['nothing', undefined, false],
  ['the end that was announced', record, true],
  ['another end', { ...record, finished_at: after(61).toISOString() }, false],
  ['the end of another redrive', { ...record, redrives: 2 }, false],
  ['no end', executionKey, false],
])('an announcement is noted beside its own end: %s', (_what, found, isNoted) => {
  const noted = withAnnouncement(found, record as unknown as VideoRecord, after(61));
  expect(noted).toEqual(isNoted ? { ...record, announced_at } : undefined);
});
