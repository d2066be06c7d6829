import { expect, test } from 'vitest';
import { type Video, videoSchema } from '../../../lambdas/core/api/response.ts';
import { FAILURES } from '../../../lambdas/core/failure.ts';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { recordedObject, toRecordedVideo as toVideoOf } from '../../../lambdas/core/video/recorded-video.ts';

/** As the API sends it: JSON has no fields that are undefined. */
const toRecordedVideo = (...given: Parameters<typeof toVideoOf>): Video =>
  JSON.parse(JSON.stringify(toVideoOf(...given)));

const now = new Date('2026-11-22T10:01:30Z');
const finished_at = '2026-11-22T10:05:00.000Z';
const claim: JobRecord = {
  video_id: 'v1',
  execution_arn: 'arn:v1',
  created_at: '2026-11-22T10:00:00.000Z',
  owner: 'arn:caller',
  request: { template_id: '393769180141805569', metadata: { order: 17 } },
};
const task = {
  task_id: '42',
  kind: 'template' as const,
  adopted: false,
  waiting_since: claim.created_at,
};
const check = {
  status: 'succeeded',
  minimax_status: 'Success',
  polls: 3,
  checked_at: finished_at,
  elapsed_seconds: 60,
};
const stored = {
  bucket: 'b',
  key: 'videos/v1/video.mp4',
  bytes: 9,
  sha256: 'ab',
  content_type: 'video/mp4',
  seconds: 1,
  attempts: 1,
  resumes: 0,
};
const shownClaim = {
  video_id: 'v1',
  created_at: claim.created_at,
  template_id: '393769180141805569',
  metadata: { order: 17 },
};

test('shows a job document without a task and without an end', () => {
  const video = toRecordedVideo(claim, now);
  expect(video).toEqual({ ...shownClaim, status: 'queued', elapsed_seconds: 90 });
  expect(videoSchema.safeParse(video)).toMatchObject({ success: true });
});

test('shows a job document with a stored video', () => {
  const ended: JobRecord & { readonly [field: string]: unknown } = {
    ...claim,
    task,
    check,
    video: stored,
    finished_at,
  };
  const link = { url: 'https://s3/x', expiresAt: new Date('2026-11-22T11:00:00Z') };
  const video = toRecordedVideo(ended, now, link);
  expect(video).toEqual({
    ...shownClaim,
    status: 'succeeded',
    finished_at,
    elapsed_seconds: 300,
    task_id: '42',
    polls: 3,
    video: {
      url: 'https://s3/x',
      url_expires_at: '2026-11-22T11:00:00.000Z',
      s3_uri: 's3://b/videos/v1/video.mp4',
      bytes: 9,
      sha256: 'ab',
      content_type: 'video/mp4',
    },
  });
  expect(videoSchema.safeParse(video)).toMatchObject({ success: true });
  expect(recordedObject(ended)).toEqual(stored);
});

test('shows a job document with a failure, and what it cost', () => {
  const ended: JobRecord & { readonly [field: string]: unknown } = {
    ...claim,
    task,
    error: {
      Error: 'ContentRejected',
      Cause: 'No.',
      title: FAILURES.ContentRejected.title,
      money_spent: 'maybe',
      retry: 'new_request',
    },
    finished_at,
  };
  const video = toRecordedVideo(ended, now);
  expect(video).toEqual({
    ...shownClaim,
    status: 'failed',
    finished_at,
    elapsed_seconds: 300,
    task_id: '42',
    error: {
      type: 'ContentRejected',
      title: FAILURES.ContentRejected.title,
      detail: 'No.',
      money_spent: 'maybe',
      retry: 'new_request',
    },
  });
  expect(videoSchema.safeParse(video)).toMatchObject({ success: true });
  expect(recordedObject(ended)).toBeUndefined();
});
