import { expect, test } from 'vitest';
import { videoSchema } from '../../../lambdas/core/api/response.ts';
import { deletedAt, toFileFields } from '../../../lambdas/core/video/stored-file.ts';

const MIDNIGHT = '2026-12-02T00:00:00.000Z';

test.each([
  ['is the midnight after its last day', '2026-11-30T10:30:00Z', 1, '2026-12-24T10:00:00Z', MIDNIGHT],
  ['is the midnight after its last day', '2026-11-30T00:00:00Z', 1, '2026-12-24T10:00:00Z', MIDNIGHT],
  ['is the midnight after its last day', '2026-11-30T23:59:59Z', 1, MIDNIGHT, MIDNIGHT],
  ['is now before that', '2026-11-30T10:30:00Z', 1, '2026-12-01T23:59:59.999Z', '2026-12-01T23:59:59.999Z'],
  [
    'is now without a retention',
    '2026-11-30T10:30:00Z',
    undefined,
    '2026-12-24T10:00:00Z',
    '2026-12-24T10:00:00.000Z',
  ],
] as const)('a deletion %s', (_what, storedAt, retentionDays, now, expected) => {
  const at = deletedAt({ storedAt: new Date(storedAt), retentionDays, now: new Date(now) });
  expect(at.toISOString()).toBe(expected);
});

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
const later = new Date(MIDNIGHT);

test('shows a link, or that the file was deleted, and neither of a video without a file', () => {
  expect(toFileFields(stored, { url: 'https://s3/x', expiresAt: later })).toEqual({
    video: {
      url: 'https://s3/x',
      url_expires_at: MIDNIGHT,
      s3_uri: 's3://b/videos/v1/video.mp4',
      bytes: 9,
      sha256: 'ab',
      content_type: 'video/mp4',
    },
  });
  const deleted = toFileFields(stored, { deletedAt: later });
  expect(deleted).toEqual({ video: null, deleted_at: MIDNIGHT });
  expect(toFileFields(undefined, undefined)).toEqual({});
  const video = { video_id: 'v1', status: 'succeeded', created_at: MIDNIGHT, elapsed_seconds: 1, ...deleted };
  expect(videoSchema.safeParse(video)).toMatchObject({ success: true });
});
