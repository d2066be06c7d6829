import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { Visibility } from '../../../lambdas/core/api/visibility.ts';
import { Failure } from '../../../lambdas/core/failure.ts';
import type { FoundRecord, JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { versionOf } from '../../../lambdas/core/table/version.ts';
import { type Execution, isFinished } from '../../../lambdas/core/video/execution.ts';
import { createCancellation } from '../../../lambdas/io/video/cancellation.ts';
import { createVideos, hasEnded, type KnownVideo } from '../../../lambdas/io/video/videos.ts';
import { after, createdAt, executionKey, request, submittedJob } from '../../harness/running-job.ts';

const running: Execution = {
  arn: executionKey.execution_arn,
  name: 'v1',
  status: 'RUNNING',
  startDate: createdAt,
  redriveCount: 0,
  input: request,
  stateName: 'Wait',
  stateInput: submittedJob,
};
const ended = { ...running, stopDate: after(60) };
const aborted: Execution = {
  ...ended,
  status: 'ABORTED',
  stateName: 'Submit task',
  stateInput: request,
};
const claim: JobRecord = { ...executionKey, request, task: submittedJob.task };
const finished_at = after(60).toISOString();
const error = {
  Error: 'ContentRejected',
  Cause: 'No.',
  title: 'A title',
  money_spent: 'maybe',
  retry: 'new_request',
};
const video = {
  bucket: 'b',
  key: 'videos/v1/video.mp4',
  bytes: 9,
  sha256: 'ab',
  content_type: 'video/mp4',
  seconds: 1,
  attempts: 1,
  resumes: 0,
};
const redriven = { redrive_count: 1, at: after(90).toISOString() };
const failed: JobRecord & object = { ...claim, status: 'failed', finished_at, redrives: 0, ...{ error } };
const succeeded: JobRecord = { ...claim, status: 'succeeded', finished_at, redrives: 0, video };
const unavailable = new Failure('StorageUnavailable', 'The bucket did not answer.');

function found(record: JobRecord): FoundRecord {
  return { kind: 'record', record, version: '1' };
}

/** The videos of a bucket that answers so to each read, and of a Step Functions that knows this. */
function world(
  document: FoundRecord | Error,
  execution?: Execution | Error,
  visibility: Visibility = 'everyone',
) {
  const calls = { reads: 0, describes: 0, stops: 0 };
  const listed: JobRecord[] = [];
  const records = {
    async read() {
      calls.reads += 1;
      if (document instanceof Error) throw document;
      return document;
    },
    update: async () => ({ kind: 'left' }) as const,
  };
  const executions = {
    async find() {
      calls.describes += 1;
      if (execution instanceof Error) throw execution;
      return calls.stops > 0 && execution ? { ...execution, ...stopped } : execution;
    },
    async stop() {
      calls.stops += 1;
      return { stopDate: after(99) };
    },
  };
  const bucket = {
    signLink: async (key: string) => ({ url: `https://s3/${key}`, expiresAt: after(9) }),
    isGone: async () => false,
  };
  const videos = createVideos({ executions, records, bucket, visibility });
  const warn = (each: Error): never => {
    throw each;
  };
  const index = {
    async put(record: JobRecord) {
      listed.push(record);
      return true;
    },
  };
  const cancellation = createCancellation({ executions, records, videos, index, warn });
  return { videos, cancellation, calls, listed };
}

const stopped = { status: 'ABORTED', stopDate: after(99) } as const;
const throttled = Object.assign(new Error('slow'), { name: 'ThrottlingException' });

test.each([
  ['failed', failed],
  ['succeeded', succeeded],
  ['cancelled', { ...failed, status: 'cancelled' }],
  ['timed_out', { ...failed, status: 'timed_out' }],
] as const)('shows a video that is %s from its document, without Step Functions', async (status, record) => {
  const { videos, calls } = world(found(record), throttled);
  const known = await videos.find('v1');
  expect(known).toEqual({ by: 'record', record });
  expect(await videos.show(known as NonNullable<typeof known>, after(70))).toMatchObject({
    status,
    finished_at,
  });
  expect(hasEnded(known as NonNullable<typeof known>)).toBe(true);
  expect(calls).toEqual({ reads: 1, describes: 0, stops: 0 });
});

test.each<[string, JobRecord]>([
  ['has no end', claim],
  ['was redriven since its end', { ...failed, redriven }],
  ['has the end of Copy video, whose execution still runs', { ...claim, finished_at, video }],
  ['has the end of Record failure, whose execution still runs', { ...failed, status: undefined }],
  ['has the end of DELETE, which is not announced', { ...claim, status: 'cancelled', finished_at }],
  ['has a request that was cut short', { ...failed, request: "(300000 bytes: see the execution's input)" }],
  ['has a video that is none', { ...succeeded, video: { key: 17 } }],
])('asks Step Functions about a document that %s, and reads no second time', async (_what, record) => {
  const { videos, calls } = world(found(record), aborted);
  expect(await videos.find('v1')).toEqual({ by: 'execution', execution: { ...aborted, recorded: record } });
  expect(calls).toEqual({ reads: 1, describes: 1, stops: 0 });
  await expect(world(found(record), throttled).videos.find('v1')).rejects.toBe(throttled);
  expect(await world(found(record)).videos.find('v1')).toEqual({ by: 'record', record });
});

test('shows a redriven video whose execution is gone as unfinished', async () => {
  const { videos } = world(found({ ...failed, redriven }));
  const known = await videos.find('v1');
  expect(known && hasEnded(known)).toBe(false);
  const shown = await videos.show(known as NonNullable<typeof known>, after(120));
  expect(shown).toMatchObject({ status: 'generating', elapsed_seconds: 120 });
  expect(JSON.parse(JSON.stringify(shown))).not.toHaveProperty('error');
  expect(shown.finished_at).toBeUndefined();
});

const unreadable: FoundRecord = { kind: 'unreadable' };

describe.each([
  ['cannot be read', unavailable],
  ['is no job document', unreadable],
])('where the object %s', (_what, document) => {
  test.each<[string, Execution]>([
    ['runs', running],
    ['has succeeded', { ...ended, status: 'SUCCEEDED', output: { ...submittedJob, video } }],
    ['has failed', { ...ended, status: 'FAILED', error: 'ContentRejected' }],
    ['was stopped with its task', { ...ended, status: 'ABORTED' }],
  ])('an execution that %s is shown', async (_which, execution) => {
    expect(await world(document, execution).videos.find('v1')).toEqual({ by: 'execution', execution });
  });

  test.each<[string, Execution | undefined]>([
    ['that was stopped without a task', aborted],
    ['that has found another', { ...ended, status: 'FAILED', error: 'VideoExistsAlready' }],
    ['that has taken over a document', { ...running, input: { task_id: '42', takes_over: '1' } }],
    ['that Step Functions does not know', undefined],
  ])('an execution %s is 503', async (_which, execution) => {
    await expect(world(document, execution).videos.find('v1')).rejects.toMatchObject({
      name: 'StorageUnavailable',
    });
  });

  test('a Step Functions that throttles decides the answer', async () => {
    await expect(world(document, throttled).videos.find('v1')).rejects.toBe(throttled);
  });
});

test.each([
  ['an unreadable document', { kind: 'unreadable' } as const],
  ['a bucket that does not answer', unavailable],
])("says of another owner's stopped video that there is none, also with %s", async (_what, document) => {
  const requestContext = { identity: { caller: 'AIDA1' } };
  const event = { pathParameters: { video_id: 'v1' }, requestContext } as unknown as APIGatewayProxyEvent;
  const execution = (owner: string): Execution => ({ ...aborted, input: { ...request, owner } });
  const others = world(document, execution('iam AIDA2'), 'owner');
  await expect(others.videos.named(event)).rejects.toMatchObject({ problem: { status: 404 } });
  const own = world(document, execution('iam AIDA1'), 'owner');
  await expect(own.videos.named(event)).rejects.toMatchObject({ name: 'StorageUnavailable' });
});

describe('DELETE', () => {
  async function cancel(document: FoundRecord, execution?: Execution | Error) {
    const { videos, cancellation, calls, listed } = world(document, execution);
    const known = await videos.find('v1');
    if (known === undefined) throw new Error('There is no video.');
    const outcome = await cancellation.cancel(known, 'r').then(
      (after) => after,
      (error: { problem?: { type: string }; name: string; message: string }) => error,
    );
    return { outcome, calls, listed };
  }

  const FINISHED = expect.objectContaining({
    problem: expect.objectContaining({ type: expect.stringContaining('video-finished') }),
  });

  test('of a video that is made asks no Step Functions, because it cannot be redriven', async () => {
    expect(await cancel(found(succeeded), throttled)).toEqual({
      listed: [],
      outcome: FINISHED,
      calls: { reads: 1, describes: 0, stops: 0 },
    });
  });

  test.each([
    ['has ended', { ...ended, status: 'FAILED', error: 'ContentRejected' } as const],
    ['is gone', undefined],
  ])('of a failed video whose execution %s says that it is over', async (_what, execution) => {
    const { outcome, calls } = await cancel(found(failed), execution);
    expect(outcome).toEqual(FINISHED);
    expect(calls).toEqual({ reads: 1, describes: 1, stops: 0 });
  });

  test('of a failed video that runs again stops it, also before the redrive is marked', async () => {
    const { outcome, calls, listed } = await cancel(found(failed), { ...running, redriveCount: 1 });
    expect(outcome).toMatchObject({ by: 'execution', execution: { status: 'ABORTED' } });
    expect(calls.stops).toBe(1);
    // The list shows it at once, and the later announcement of the end is above this version.
    const [shown] = listed as [JobRecord];
    expect(shown).toMatchObject({ video_id: 'v1', status: 'cancelled', redrives: 1 });
    const announced = { ...shown, finished_at: after(99).toISOString(), price: {} };
    expect(versionOf(announced) > versionOf(shown)).toBe(true);
  });

  test('of a failed video does not say that it is over where Step Functions does not answer', async () => {
    expect((await cancel(found(failed), throttled)).outcome).toBe(throttled);
  });

  test.each([
    ['Copy video', { ...claim, finished_at, video }],
    ['Record failure', { ...failed, status: undefined }],
  ])('stops an execution that still runs after %s has written its end', async (_step, record) => {
    const { outcome } = await cancel(found(record), running);
    expect(isFinished((outcome as unknown as { execution: Execution }).execution)).toBe(true);
    const over = await cancel(found(record), { ...ended, status: 'SUCCEEDED' });
    expect(over.outcome).toEqual(FINISHED);
  });
});

test.each<[string, KnownVideo]>([
  ['its document', { by: 'record', record: succeeded }],
  [
    'its execution',
    {
      by: 'execution',
      execution: { ...ended, status: 'SUCCEEDED', output: { ...submittedJob, video } },
    },
  ],
])('shows a video whose file is gone without a link, from %s', async (_by, known) => {
  const bucket = {
    signLink: async () => ({ url: 'https://s3/x', expiresAt: after(9) }),
    isGone: async (key: string) => key === video.key,
  };
  const none = { find: async () => undefined, read: async () => ({ kind: 'absent' }) as const };
  const show = (now: Date, retentionDays?: number) =>
    createVideos({ executions: none, records: none, bucket, visibility: 'owner', retentionDays }).show(
      known,
      now,
    );
  const now = after(90 * 86_400);
  expect(await show(now)).toMatchObject({
    status: 'succeeded',
    video: null,
    deleted_at: now.toISOString(),
  });
  const midnight = new Date(createdAt);
  midnight.setUTCHours(0, 0, 0, 0);
  midnight.setUTCDate(midnight.getUTCDate() + 31);
  expect(await show(now, 30)).toMatchObject({ video: null, deleted_at: midnight.toISOString() });
});
