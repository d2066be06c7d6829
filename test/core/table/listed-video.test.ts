import { expect, test } from 'vitest';
import { videoListSchema } from '../../../lambdas/core/api/response.ts';
import type { VideoEntry } from '../../../lambdas/core/table/entry.ts';
import { toListedVideo } from '../../../lambdas/core/table/listed-video.ts';

const shown = { host: 'https://api.minimax.io', bucket: 'b', now: new Date('2026-11-27T10:01:00Z') };
const running: VideoEntry = {
  video_id: 'v1',
  kind: 'template',
  status: 'running',
  created_at: '2026-11-27T10:00:00.000Z',
  template_id: '393769180141805569',
  money_spent: 'maybe',
};

test('shows a running video with the price of its template', () => {
  const video = toListedVideo(running, shown);
  expect(JSON.parse(JSON.stringify(video))).toEqual({
    video_id: 'v1',
    status: 'running',
    created_at: running.created_at,
    elapsed_seconds: 60,
    template_id: running.template_id,
    cost: { estimated_usd: 0.45, money_spent: 'maybe' },
  });
  expect(videoListSchema.safeParse({ videos: [video] })).toMatchObject({ success: true });
});

test('shows a stored file without a link', () => {
  const stored = { ...running, status: 'succeeded' as const, bytes: 9, estimated_usd: 0.451 };
  expect(toListedVideo(stored, shown)).toMatchObject({
    video: { s3_uri: 's3://b/videos/v1/video.mp4', bytes: 9 },
    cost: { estimated_usd: 0.451 },
  });
});

test.each([
  ['ContentRejected', 'MiniMax judged the content sensitive'],
  ['Cancelled', 'The execution was stopped'],
  ['TimedOut', 'The execution ran out of time'],
  ['Unexpected', 'The workflow itself failed'],
])('shows the error %s with its title', (error, title) => {
  expect(toListedVideo({ ...running, status: 'failed', error }, shown).error).toEqual({
    type: error,
    title,
    money_spent: 'maybe',
  });
});

test.each(['{', '"text"', '[1]', 'null'])('shows no metadata where the table has %s', (metadata_json) => {
  expect(toListedVideo({ ...running, metadata_json }, shown).metadata).toBeUndefined();
});
