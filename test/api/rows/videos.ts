import { expect } from 'vitest';
import { BAD, FORMS, get, type Row, refused, TIME } from './row.ts';

/** Showing, listing and cancelling. */
export const VIDEOS: readonly Row[] = [
  {
    name: 'GET /videos/{video_id} shows a video that is ready',
    request: get(({ ready }) => `/videos/${ready}`),
    status: 200,
    body: {
      status: 'succeeded',
      finished_at: TIME,
      elapsed_seconds: expect.any(Number),
      task_id: expect.stringMatching(/^\d+$/),
      polls: 1,
      video: {
        url: expect.stringContaining('X-Amz-Signature='),
        url_expires_at: TIME,
        s3_uri: expect.stringMatching(/^s3:\/\/.+\/video\.mp4$/),
        bytes: 64331,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        content_type: 'video/mp4',
      },
    },
  },
  {
    name: 'GET /videos/{video_id} shows why a video has failed',
    request: get(({ failed }) => `/videos/${failed}`),
    status: 200,
    body: {
      status: 'failed',
      error: {
        type: 'GenerationFailed',
        title: expect.any(String),
        detail: expect.stringContaining('MiniMax ended the task as "Fail"'),
        money_spent: 'maybe',
      },
    },
  },
  {
    name: 'GET /videos/{video_id} says what a video is waiting for',
    request: get(({ running }) => `/videos/${running}`),
    status: 200,
    headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
    body: {
      status: 'generating',
      state: 'Wait',
      next_check_at: TIME,
      elapsed_seconds: expect.any(Number),
      polls: expect.any(Number),
      task_id: expect.any(String),
    },
  },
  ...[
    'missing',
    '01a20514-17d7-7755-9447-4509f800ce79',
    'a%2Fb',
    '%00',
    'x'.repeat(300),
    '__proto__',
    '%',
    '%FF',
    '%C3%28',
    '%ED%A0%80',
  ].map((id) => refused(`the id ${id}`, get(`/videos/${id}`), [404, 'video-not-found'])),

  refused(
    'an id with characters that reverse the direction of text',
    get('/videos/%E2%80%AE%C2%9B%1B%7F'),
    [404, 'video-not-found'],
    FORMS.said('"\\u202e\\u009b\\u001b\\u007f"'),
  ),
  refused(
    'a limit with characters that reverse the direction of text',
    get('/videos', 'limit=%E2%80%AE'),
    BAD,
    FORMS.said('limit is "\\u202e"'),
  ),

  {
    name: 'GET /videos lists the newest videos first',
    request: get('/videos', 'limit=2'),
    status: 200,
    body: {
      videos: [
        {
          video_id: expect.any(String),
          status: expect.any(String),
          created_at: TIME,
          cost: { estimated_usd: expect.any(Number), money_spent: expect.any(String) },
        },
        expect.objectContaining({ video_id: expect.any(String) }),
      ],
      next_cursor: expect.stringMatching(/^[\w-]+$/),
    },
  },
  {
    name: 'GET /videos lists the failed ones alone',
    request: get('/videos', 'status=failed&limit=100'),
    status: 200,
    body: {
      videos: expect.arrayContaining([expect.objectContaining({ status: 'failed', finished_at: TIME })]),
    },
  },
  ...[
    ['limit=0', 'limit is "0"; allowed is a whole number from 1 to 100'],
    ['limit=101', 'limit is "101"'],
    ['limit=ten', 'limit is "ten"'],
    ['limit=1&limit=2', 'it may be there once'],
    ['status=done', 'allowed are running, succeeded, failed, cancelled, timed_out'],
    ['status=queued', 'GET /videos/{video_id} shows the stage of a running video'],
    ['status=%FF', 'status is "\ufffd"'],
    ['limit=%zz', 'limit is "%zz"'],
    ['cursor=%C3%28', 'allowed is the next_cursor'],
    ['%FF=1', 'known are status, template_id, created_after, created_before, limit, cursor'],
    ['metadata.order=1', 'A parameter is "metadata.order"; known are status'],
    ['created_after=yesterday', 'created_after is "yesterday"; allowed is a time with its time zone'],
    ['created_before=2026-11-27', 'created_before is "2026-11-27"'],
    ['created_before=9999-12-31T23:59:59-01:00', 'created_before is "9999-12-31T23:59:59-01:00"'],
    ['cursor=!', 'allowed is the next_cursor'],
    ['cursor=abc', 'allowed is the next_cursor'],
    ['cursor=', 'allowed is the next_cursor'],
    [`cursor=${toCursor('sixteen-letters-2026-11-22T10:00:00.000Z#a/b')}`, 'allowed is the next_cursor'],
    [`cursor=${toCursor('sixteen-letters-2026-11-22#v')}`, 'allowed is the next_cursor'],
    [`cursor=${toCursor('sixteen-letters-2026-11-22T10:00:00.000Z#v')}`, 'cursor is of another list'],
    ['page=2', 'known are status'],
  ].map(([query = '', detail = '']) =>
    refused(`GET /videos?${query}`, get('/videos', query), BAD, FORMS.said(detail)),
  ),

  {
    name: 'GET /usage counts the videos of the last thirty days',
    request: get('/usage'),
    status: 200,
    body: {
      from: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      to: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      videos: expect.any(Number),
      usd: { no: expect.any(Number), maybe: expect.any(Number), yes: expect.any(Number) },
      groups: expect.arrayContaining([expect.objectContaining({ videos: expect.any(Number) })]),
    },
  },
  {
    name: 'GET /usage of days without videos is empty',
    request: get('/usage', 'from=2020-02-29&to=2020-03-01'),
    status: 200,
    body: { from: '2020-02-29', to: '2020-03-01', videos: 0, without_price: 0, groups: [] },
  },
  ...[
    ['from=yesterday', 'from is "yesterday"; allowed is a day in UTC'],
    ['to=2026-02-30', 'to is "2026-02-30"'],
    ['from=2026-11-27T00:00:00Z', 'allowed is a day in UTC, as in 2026-11-27'],
    ['from=2026-11-27&to=2026-11-26', 'allowed are 1 to 366 days'],
    ['from=2025-01-01&to=2026-01-02', 'allowed are 1 to 366 days'],
    ['from=2026-11-26&from=2026-11-27', 'it may be there once'],
    ['status=failed', 'known are from, to'],
  ].map(([query = '', detail = '']) =>
    refused(`GET /usage?${query}`, get('/usage', query), BAD, FORMS.said(detail)),
  ),

  {
    name: 'DELETE /videos/{video_id} stops waiting, and says what MiniMax still does',
    request: ({ stoppable }) => ({ method: 'DELETE', path: `/videos/${stoppable}` }),
    status: 200,
    body: {
      status: 'cancelled',
      finished_at: TIME,
      task_id: expect.any(String),
      error: {
        type: 'Cancelled',
        title: expect.any(String),
        detail: expect.stringMatching(
          /MiniMax cannot be stopped: it continues task \d+ and may charge.*To adopt/,
        ),
        money_spent: 'maybe',
      },
    },
  },
  refused(
    'DELETE of a cancelled video',
    ({ stoppable }) => ({ method: 'DELETE', path: `/videos/${stoppable}` }),
    [409, 'video-finished'],
  ),
  refused('DELETE of a finished video', ({ ready }) => ({ method: 'DELETE', path: `/videos/${ready}` }), [
    409,
    'video-finished',
  ]),
  refused('DELETE of nothing', () => ({ method: 'DELETE', path: '/videos/missing' }), [
    404,
    'video-not-found',
  ]),
];

/** A `next_cursor` of this position, at which the next page begins. */
function toCursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}
