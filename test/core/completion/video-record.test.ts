import { expect, test } from 'vitest';
import type { ExecutionStats } from '../../../lambdas/core/completion/history-stats.ts';
import { toVideoEvent } from '../../../lambdas/core/completion/video-event.ts';
import {
  isPaidNotDelivered,
  toMetricValues,
  toRecord,
} from '../../../lambdas/core/completion/video-record.ts';
import type { VideoRecord } from '../../../lambdas/core/job/record-schema.ts';
import { requestDigest } from '../../../lambdas/core/job/request-digest.ts';
import type { Execution } from '../../../lambdas/core/video/execution.ts';
import { after, createdAt, executionKey, request, submittedJob } from '../../harness/running-job.ts';

const host = 'https://api.minimax.io';
const stats: ExecutionStats = {
  transitions: 40,
  isComplete: true,
  durations: {
    'Submit task': { enteredAt: after(0), seconds: 2 },
    'Check task': { enteredAt: after(2), seconds: 300.1234 },
    'Copy video': { enteredAt: after(302), seconds: 4 },
  },
};
const check = {
  status: 'succeeded',
  minimax_status: 'Success',
  polls: 28,
  checked_at: after(302).toISOString(),
  elapsed_seconds: 300,
} as const;
const video = {
  bucket: 'b',
  key: 'videos/v1/video.mp4',
  bytes: 5,
  sha256: '0'.repeat(64),
  content_type: 'video/mp4',
  seconds: 1.5,
  attempts: 1,
  resumes: 0,
};
const ended = {
  arn: executionKey.execution_arn,
  name: 'v1',
  startDate: createdAt,
  stopDate: after(306),
  redriveCount: 0,
  input: request,
} as const;
const good: Execution = {
  ...ended,
  status: 'SUCCEEDED',
  output: { ...submittedJob, check, video, finished_at: after(305.5).toISOString() },
};

function recordOf(execution: Execution, of: ExecutionStats = stats): VideoRecord {
  const { stopDate = after(306) } = execution;
  return toRecord({
    execution: { ...execution, stopDate },
    stats: of,
    host,
    version: '1',
    nodeVersion: 'v24',
  });
}

/** A failed execution whose job document `Record failure` has written. */
function failedAs(name: string, moneySpent: 'no' | 'maybe' | 'yes', fields: object = {}): VideoRecord {
  const error = {
    Error: name,
    Cause: 'It broke.',
    title: 'A title',
    money_spent: moneySpent,
    retry: 'adopt',
  };
  return recordOf({
    ...ended,
    status: 'FAILED',
    error: name,
    cause: 'It broke.',
    stateName: 'Video failed',
    stateInput: { ...submittedJob, ...fields, error },
  });
}

test('counts a good video with what each part took', () => {
  expect(toMetricValues(recordOf(good))).toEqual({
    values: {
      VideosReady: 1,
      PaidNotDelivered: 0,
      EstimatedUsd: 0.451,
      SubmitSeconds: 2,
      GenerateSeconds: 300.123,
      CopySeconds: 1.5,
      VideoBytes: 5,
      DeliveryLagSeconds: 3.5,
    },
  });
});

test('has no delivery lag where the history does not show the start of the copy', () => {
  const { copy: _copy, ...phases } = recordOf(good).phases;
  const { 'Copy video': _visit, ...durations } = stats.durations;
  const record = recordOf(good, { ...stats, durations });
  expect(record.phases).toEqual(phases);
  expect(record.delivery_lag_seconds).toBeUndefined();
  expect(toMetricValues(record).values).not.toHaveProperty('DeliveryLagSeconds');
});

test('does not take the time that an adopted task was waited for as the time that it took', () => {
  const task = { ...submittedJob.task, adopted: true };
  const { values } = toMetricValues(recordOf({ ...good, output: { ...(good.output as object), task } }));
  expect(values).not.toHaveProperty('SubmitSeconds');
  expect(values).not.toHaveProperty('GenerateSeconds');
  expect(values).toMatchObject({ VideosReady: 1, DeliveryLagSeconds: 3.5 });
});

test('does not take the time until a failure as the time that a video took', () => {
  const { values, error } = toMetricValues(failedAs('GaveUpWaiting', 'yes'));
  expect(error).toBe('GaveUpWaiting');
  expect(values).toMatchObject({ VideosFailed: 1, PaidNotDelivered: 1, SubmitSeconds: 2 });
  expect(values).not.toHaveProperty('DeliveryLagSeconds');
});

test.each([
  ['a copy that failed', failedAs('VideoUnreachable', 'yes', { check }), true],
  ['a create whose outcome is unknown', failedAs('SubmitOutcomeUnknown', 'maybe'), true],
  ['a request that was rejected', failedAs('InvalidRequest', 'no'), false],
  [
    'a task that MiniMax ended itself',
    failedAs('GenerationFailed', 'maybe', { check: { ...check, status: 'failed' } }),
    false,
  ],
  ['a good video', recordOf(good), false],
  [
    'an execution that somebody stopped',
    recordOf({ ...ended, status: 'ABORTED', stateName: 'Wait', stateInput: submittedJob }),
    false,
  ],
  [
    'an execution that ran out of time',
    recordOf({ ...ended, status: 'TIMED_OUT', stateName: 'Wait', stateInput: submittedJob }),
    true,
  ],
] as const)('of %s says whether it is paid and not delivered', (_what, record, expected) => {
  expect(isPaidNotDelivered(record)).toBe(expected);
});

test('has the task that was written down where the stopped step could not hand it on', () => {
  const record = recordOf({
    ...ended,
    status: 'ABORTED',
    stateName: 'Submit task',
    stateInput: request,
    recorded: submittedJob,
  });
  expect(record).toMatchObject({ status: 'cancelled', request, task: { task_id: '42' } });
  expect(record.error?.Cause).toContain('task_id "42"');
});

test('stays a record for any input of an execution', () => {
  for (const input of [null, 17, 'text', [], { media_inputs: 'none' }]) {
    const record = recordOf({
      ...ended,
      input,
      status: 'ABORTED',
      stateName: 'Task given?',
      stateInput: input,
    });
    expect(record).toMatchObject({ status: 'cancelled', request: input });
  }
});

test('names an image that is still in the request by its hash, and leaves one that is named already', () => {
  const named = 'data:image/png (inline, 3 bytes, SHA-256 00)';
  const media_inputs = [{ value: 'data:image/png;base64,AAAA' }, { value: named }];
  const execution: Execution = { ...ended, status: 'ABORTED', input: { ...request, media_inputs } };
  expect(recordOf(execution).request).toMatchObject({
    media_inputs: [
      { value: expect.stringMatching(/^data:image\/png \(inline, 3 bytes, SHA-256 [0-9a-f]{64}\)$/) },
      { value: named },
    ],
  });
});

test('says who holds the video, as it was claimed, and leaves that out of the event', () => {
  const claim = {
    owner: 'arn:caller',
    request_digest: 'a'.repeat(64),
    attempt: { id: 'random', redrive_count: 0, retry_count: 2 },
  };
  const record = recordOf({ ...good, recorded: { ...submittedJob, ...claim } });
  expect(record).toMatchObject({ ...executionKey, ...claim });
  const claimless = recordOf({ ...good, input: { ...request, owner: 'arn:caller' } });
  expect(claimless).toMatchObject({
    ...executionKey,
    owner: 'arn:caller',
    request,
    request_digest: requestDigest(request),
  });
  expect(claimless).not.toHaveProperty('attempt');
  expect(claimless.request).not.toHaveProperty('owner');
  const { detail } = toVideoEvent(record);
  expect(Object.keys(record).filter((field) => !(field in detail))).toEqual(
    expect.arrayContaining(['execution_arn', 'owner', 'request_digest', 'attempt']),
  );
  expect(Object.keys(detail)).toHaveLength(Object.keys(record).length - 4);
  expect(JSON.stringify(detail)).not.toContain('arn:');
});

test('announces no link, at any place in the request', () => {
  const link = 'https://a.example/pet.jpg?Signature=secret';
  const input = {
    ...request,
    media_inputs: [link, { value: link }],
    metadata: { page: `see ${link}, please` },
  };
  const { detail, detailType } = toVideoEvent(recordOf({ ...ended, status: 'ABORTED', input }));
  expect(detailType).toBe('Video Failed');
  expect(detail.request).toMatchObject({
    media_inputs: ['(a link to a.example)', { value: '(a link to a.example)' }],
    metadata: { page: 'see (a link to a.example) please' },
  });
});

test('announces no more than an event can hold, though hosts may be longer than the links', () => {
  const metadata = { page: '?= '.repeat(60_000) };
  const { detail } = toVideoEvent(recordOf({ ...ended, status: 'ABORTED', input: { ...request, metadata } }));
  expect(detail.request).toMatch(/^\(\d+ bytes: see the execution's input\)$/);
});

test('counts times only where no redrive has broken them, and each end for itself', () => {
  const redriven = toMetricValues(recordOf({ ...good, redriveCount: 1 }));
  expect(redriven.values).not.toHaveProperty('SubmitSeconds');
  expect(redriven.values).not.toHaveProperty('GenerateSeconds');
  expect(redriven.values).toMatchObject({ VideosReady: 1 });
});

test('counts the estimated cost of a create once, also after a redrive', () => {
  const attempt = (redrive_count: number) => ({ attempt: { id: 'random', redrive_count, retry_count: 0 } });
  const usdOf = (redriveCount: number, claim?: object): number | undefined =>
    toMetricValues(recordOf({ ...good, redriveCount, recorded: { ...submittedJob, ...claim } })).values
      .EstimatedUsd;
  expect(usdOf(0, attempt(0))).toBe(0.451);
  expect(usdOf(1, attempt(0))).toBeUndefined();
  expect(usdOf(1, attempt(1))).toBe(0.451);
  expect(toMetricValues(failedAs('InvalidRequest', 'no')).values.EstimatedUsd).toBe(0.001);
});

test('rounds nothing away that somebody would miss', () => {
  expect(recordOf(good).price).toEqual({
    template_usd: 0.45,
    transitions: 40,
    orchestration_usd: 0.001,
    estimated_usd: 0.451,
  });
  expect(recordOf(good, { ...stats, transitions: 1 }).price.orchestration_usd).toBe(0.000025);
});
