import { expect } from 'vitest';
import { BAD, FORMS, get, type Row, refused, TIME } from './row.ts';

const NOT_FOUND: readonly [number, string] = [404, 'video-not-found'];

/** A visit that has ended without a failed try. */
const visit = (state: string, job?: object): object => ({
  state,
  entered_at: TIME,
  left_at: TIME,
  failed_tries: [],
  ...(job === undefined ? {} : { job: expect.objectContaining(job) }),
});
const adopted = { task: expect.objectContaining({ adopted: true, task_id: expect.stringMatching(/^\d+$/) }) };
const check = (status: string): object => ({ ...adopted, check: expect.objectContaining({ status }) });

/** The workflow, and what a video has visited of it. */
export const HISTORIES: readonly Row[] = [
  {
    name: 'GET /videos/{video_id}/history shows each state of a video that is ready',
    request: get(({ ready }) => `/videos/${ready}/history`),
    status: 200,
    body: {
      video_id: expect.any(String),
      request: { task_id: expect.stringMatching(/^\d+$/) },
      states: [
        visit('Task given?'),
        visit('Adopt task', adopted),
        visit('Check task', check('succeeded')),
        visit('Finished?', check('succeeded')),
        visit('Copy video', { video: expect.objectContaining({ bytes: 64331 }), finished_at: TIME }),
        visit('Video ready', { video: expect.objectContaining({ bytes: 64331 }), finished_at: TIME }),
      ],
    },
  },
  {
    name: 'GET /videos/{video_id}/history shows where a video has failed, and why',
    request: get(({ failed }) => `/videos/${failed}/history`, 'limit=100'),
    status: 200,
    body: {
      states: [
        visit('Task given?'),
        visit('Adopt task', adopted),
        visit('Check task', check('failed')),
        visit('Finished?', check('failed')),
        visit('Record failure', {
          error: expect.objectContaining({
            type: 'GenerationFailed',
            title: 'MiniMax could not make the video',
            detail: expect.stringContaining('MiniMax ended the task as "Fail"'),
            money_spent: 'maybe',
          }),
        }),
        visit('Video failed', { error: expect.objectContaining({ type: 'GenerationFailed' }) }),
      ],
    },
  },
  {
    name: 'GET /videos/{video_id}/history shows in which state a video is',
    request: get(({ running }) => `/videos/${running}/history`),
    status: 200,
    body: {
      states: [
        visit('Task given?'),
        visit('Adopt task', adopted),
        visit('Check task', check('running')),
        visit('Finished?', check('running')),
        { state: 'Wait', entered_at: TIME, failed_tries: [] },
      ],
    },
  },
  {
    name: 'GET /videos/{video_id}/history has the first states with a limit, and where it continues',
    request: get(({ ready }) => `/videos/${ready}/history`, 'limit=2'),
    status: 200,
    body: {
      states: [visit('Task given?'), visit('Adopt task', adopted)],
      next_cursor: expect.stringMatching(/^[\w-]+$/),
    },
  },
  ...['missing', '01a20514-17d7-7755-9447-4509f800ce79', 'a%2Fb', '%00', 'x'.repeat(300), '__proto__'].map(
    (id) => refused(`the history of the id ${id}`, get(`/videos/${id}/history`), NOT_FOUND),
  ),
  ...[
    ['limit=0', 'limit is "0"; allowed is a whole number from 1 to 100'],
    ['limit=101', 'limit is "101"'],
    ['limit=abc', 'limit is "abc"'],
    ['limit=1.5', 'limit is "1.5"'],
    ['limit=', 'limit is ""'],
    ['limit=1&limit=2', 'it may be there once'],
    ['cursor=', 'allowed is the next_cursor'],
    ['cursor=!', 'allowed is the next_cursor'],
    ['cursor=abc', 'allowed is the next_cursor'],
    [`cursor=${encoded([0, 0])}`, 'allowed is the next_cursor'],
    [`cursor=${encoded([1, 0, 'of no page'])}`, 'cursor is older than a day, or of another history'],
    ['page=2', 'known are limit, cursor'],
    ['status=failed', 'known are limit, cursor'],
  ].map(([query = '', detail = '']) =>
    refused(
      `the history with ${query}`,
      get(({ ready }) => `/videos/${ready}/history`, query),
      BAD,
      FORMS.said(detail),
    ),
  ),

  {
    name: 'GET /workflow shows the states, their arrows and their retries',
    request: get('/workflow'),
    status: 200,
    body: {
      StartAt: 'Task given?',
      States: {
        'Task given?': { Type: 'Choice', Default: 'Reject input' },
        'Submit task': {
          Type: 'Task',
          Next: 'Wait',
          Retry: [{ ErrorEquals: expect.arrayContaining(['MiniMaxBusy']), MaxAttempts: expect.any(Number) }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Record failure' }],
        },
        Wait: { Type: 'Wait', SecondsPath: '$.wait_seconds', Next: 'Check task' },
        'Video failed': { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' },
        'Video ready': { Type: 'Succeed' },
      },
    },
  },
];

function encoded(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}
