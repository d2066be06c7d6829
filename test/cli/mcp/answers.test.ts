import { expect, test } from 'vitest';
import { describeEnd } from '../../../cli/mcp/answers.ts';
import type { Video } from '../../../lambdas/core/api/response.ts';

const ended: Video = {
  video_id: 'v1',
  status: 'succeeded',
  created_at: '2026-11-01T10:00:00.000Z',
  finished_at: '2026-11-01T10:05:00.000Z',
  elapsed_seconds: 300,
};

test('tells an agent that a file was deleted, and not that the video is ready', () => {
  const deleted = describeEnd({ ...ended, video: null, deleted_at: '2026-11-09T00:00:00.000Z' });
  expect(deleted).toContain('its file was deleted, on 2026-11-09T00:00:00.000Z at the latest');
  expect(deleted).not.toContain('is ready');
  expect(describeEnd(ended)).toContain('is ready');
});
