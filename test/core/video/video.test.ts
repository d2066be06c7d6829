import { expect, test } from 'vitest';
import { type Video, videoSchema } from '../../../lambdas/core/api/response.ts';
import { FUNCTION_ENVIRONMENT } from '../../../lambdas/core/environment.ts';
import { FAILURES } from '../../../lambdas/core/failure.ts';
import { STATES } from '../../../lambdas/core/states.ts';
import { type Execution, isFinished } from '../../../lambdas/core/video/execution.ts';
import { inferState } from '../../../lambdas/core/video/infer-state.ts';
import { retryAfterSeconds } from '../../../lambdas/core/video/progress.ts';
import { isTaskUnknown, storedVideo, toVideo as toVideoOf } from '../../../lambdas/core/video/video.ts';

/** As the API sends it: JSON has no fields that are undefined. */
const toVideo = (...given: Parameters<typeof toVideoOf>): Video =>
  JSON.parse(JSON.stringify(toVideoOf(...given)));

const startDate = new Date('2026-11-22T10:00:00Z');
const stopDate = new Date('2026-11-22T10:05:00Z');
const now = new Date('2026-11-22T10:01:30Z');
const input = { template_id: '393769180141805569', metadata: { order: 17 } };
const running: Execution = {
  arn: 'arn:v1',
  name: 'v1',
  status: 'RUNNING',
  startDate,
  redriveCount: 0,
  input,
};
const task = {
  task_id: '42',
  kind: 'template' as const,
  adopted: false,
  waiting_since: startDate.toISOString(),
};
const check = {
  status: 'running',
  minimax_status: 'Processing',
  polls: 3,
  checked_at: '',
  elapsed_seconds: 60,
};

test.each([
  [undefined, 'queued'],
  ['Task given?', 'queued'],
  ['Reject input', 'queued'],
  ['Submit task', 'queued'],
  ['Wait', 'generating'],
  ['Wait for callback', 'generating'],
  ['Check task', 'generating'],
  ['Finished?', 'generating'],
  ['Copy video', 'copying'],
  ['Record failure', 'generating'],
  ['Video ready', 'copying'],
  ['Video failed', 'generating'],
  ['A state of an earlier version', 'generating'],
  ['toString', 'generating'],
])('a running execution in the state %s is %s', (stateName, status) => {
  expect(toVideo(stateName === undefined ? running : { ...running, stateName }, now).status).toBe(status);
});

test.each([
  ['SUCCEEDED', 'succeeded'],
  ['FAILED', 'failed'],
  ['TIMED_OUT', 'timed_out'],
  ['ABORTED', 'cancelled'],
] as const)('an execution that is %s is %s, and finished', (status, expected) => {
  const execution: Execution = { ...running, status, stopDate };
  expect(toVideo(execution, now)).toMatchObject({ status: expected, finished_at: stopDate.toISOString() });
  expect(isFinished(execution)).toBe(true);
});

test('shows the task, the checks and the metadata of a running video', () => {
  expect(
    toVideo({ ...running, stateName: 'Wait', stateInput: { video_id: 'v1', task, check } }, now),
  ).toEqual({
    video_id: 'v1',
    status: 'generating',
    created_at: startDate.toISOString(),
    elapsed_seconds: 90,
    state: 'Wait',
    template_id: '393769180141805569',
    task_id: '42',
    polls: 3,
    metadata: { order: 17 },
  });
});

test('shows the stored object with its fresh link', () => {
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
  const execution: Execution = {
    ...running,
    status: 'SUCCEEDED',
    stopDate,
    output: { video_id: 'v1', task, check, video: stored },
  };
  expect(storedVideo(execution)).toEqual(stored);
  expect(toVideo(execution, now, { url: 'https://s3/x', expiresAt: stopDate }).video).toEqual({
    url: 'https://s3/x',
    url_expires_at: stopDate.toISOString(),
    s3_uri: 's3://b/videos/v1/video.mp4',
    bytes: 9,
    sha256: 'ab',
    content_type: 'video/mp4',
  });
});

test('shows a recorded failure with what it cost', () => {
  const error = {
    Error: 'ContentRejected',
    Cause: 'No.',
    title: FAILURES.ContentRejected.title,
    money_spent: 'maybe',
    retry: 'new_request',
  };
  const execution: Execution = {
    ...running,
    status: 'FAILED',
    stopDate,
    error: 'ContentRejected',
    cause: 'No.',
    stateName: 'Video failed',
    stateInput: { video_id: 'v1', task, error },
  };
  expect(toVideo(execution, now).error).toEqual({
    type: 'ContentRejected',
    title: 'MiniMax judged the content sensitive',
    detail: 'No.',
    money_spent: 'maybe',
    retry: 'new_request',
  });
});

test('a failure that was not recorded still says that there is a task, and how to adopt it', () => {
  const error = { Error: 'ApiKeyRejected', Cause: '{"errorMessage":"No.","trace":["at x"]}' };
  const failedRaw: Execution = {
    ...running,
    status: 'FAILED',
    stopDate,
    error: error.Error,
    cause: error.Cause,
    stateName: 'Fail execution',
    stateInput: { video_id: 'v1', task, error },
  };
  expect(toVideo(failedRaw, now).error).toEqual({
    type: 'ApiKeyRejected',
    title: FAILURES.ApiKeyRejected.title,
    detail: 'No. To adopt: POST /videos, or start an execution, with task_id "42" as the only field.',
    money_spent: 'maybe',
    retry: 'adopt',
  });
});

test('a stopped execution shows the task that is recorded for it, and no other', () => {
  const stopped: Execution = {
    ...running,
    status: 'ABORTED',
    stopDate,
    stateName: 'Submit task',
    stateInput: {},
  };
  expect(isTaskUnknown(stopped)).toBe(true);
  const recorded = { video_id: 'v1', execution_arn: 'arn:v1', created_at: startDate.toISOString(), task };
  expect(toVideo({ ...stopped, recorded }, now)).toMatchObject({
    task_id: '42',
    error: { detail: expect.stringContaining('with task_id "42"') },
  });
  const older = { ...recorded, created_at: new Date(0).toISOString() };
  expect(toVideo({ ...stopped, recorded: older }, now)).not.toHaveProperty('task_id');
  const another = { ...recorded, execution_arn: 'arn:another' };
  expect(toVideo({ ...stopped, recorded: another }, now)).not.toHaveProperty('task_id');
});

test.each([
  ['ABORTED', 'Cancelled', 'The execution was stopped.'],
  ['TIMED_OUT', 'TimedOut', 'The execution ran out of time.'],
] as const)(
  'an execution that is %s says that MiniMax continues, and how to get the task',
  (status, type, why) => {
    const stopped: Execution = {
      ...running,
      status,
      stopDate,
      stateName: 'Check task',
      stateInput: { video_id: 'v1', task },
    };
    expect(toVideo(stopped, now).error).toMatchObject({ type, money_spent: 'maybe', retry: 'adopt' });
    expect(toVideo(stopped, now).error?.detail).toBe(
      `${why} MiniMax cannot be stopped: it continues task 42 and may charge for it. To adopt: POST /videos, or start an execution, with task_id "42" as the only field.`,
    );
    const early: Execution = { ...running, status, stopDate, stateName: 'Submit task', stateInput: {} };
    expect(toVideo(early, now).error).toMatchObject({
      detail: `${why} ${FAILURES.SubmitOutcomeUnknown.advice}`,
      retry: 'never',
    });
  },
);

const claim = {
  video_id: 'v1',
  execution_arn: 'arn:v1',
  created_at: startDate.toISOString(),
  attempt: { id: 'random', redrive_count: 0, retry_count: 3 },
};
const finished_at = stopDate.toISOString();
const sending = { ...claim.attempt, sending_at: finished_at };

test.each([
  ['a claim with an end', { ...claim, finished_at }, 'no', 'new_request', 'Nothing was sent to MiniMax, and'],
  ['a claim', claim, 'maybe', 'never', 'Nothing was sent to MiniMax so far'],
  ['a mark that a create was sent', { ...claim, attempt: sending, finished_at }, 'maybe', 'never', 'account'],
  [
    'an end of another execution',
    { ...claim, execution_arn: 'arn:2', finished_at },
    'maybe',
    'never',
    'account',
  ],
] as const)(
  'a stopped execution without a task whose job document has %s says what it cost',
  (_what, recorded, money_spent, retry, words) => {
    for (const status of ['ABORTED', 'TIMED_OUT'] as const) {
      const early: Execution = {
        ...running,
        status,
        stopDate,
        stateName: 'Submit task',
        stateInput: {},
        recorded,
      };
      expect(toVideo(early, now).error).toMatchObject({
        money_spent,
        retry,
        detail: expect.stringContaining(words),
      });
    }
  },
);

test('says nothing of the inside of a failure that is not one of ours', () => {
  const execution: Execution = {
    ...running,
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'arn:aws:states:… broke',
  };
  expect(toVideo(execution, now).error).toMatchObject({
    type: 'Unexpected',
    money_spent: 'maybe',
    retry: 'never',
  });
  expect(JSON.stringify(toVideo(execution, now))).not.toContain('arn:');
});

test('says when a wait for a callback ends at the latest', () => {
  const waiting = {
    ...running,
    stateName: 'Wait for callback',
    stateInput: { video_id: 'v1', task, check, wait_seconds: 30 },
    enteredAt: now,
  };
  expect(toVideo(waiting, now)).toMatchObject({ next_check_at: '2026-11-22T10:02:00.000Z' });
  const ended = toVideo({ ...waiting, lastError: 'States.Timeout' }, now);
  expect(ended).not.toHaveProperty('retrying');
});

test('shows the request without what the service has added to it', () => {
  const shown = toVideo({ ...running, input: { ...input, owner: 'arn:caller' } }, now);
  expect(shown).toEqual(toVideo(running, now));
});

test('says what an unfinished video waits for, and when there will be something new', () => {
  const enteredAt = new Date('2026-11-22T10:01:20.500Z');
  const waiting = {
    ...running,
    stateName: 'Wait',
    stateInput: { video_id: 'v1', task, check, wait_seconds: 30 },
    enteredAt,
  };
  const video = toVideo(waiting, now);
  expect(video).toMatchObject({ state: 'Wait', next_check_at: '2026-11-22T10:01:50.500Z' });
  expect(video).not.toHaveProperty('retrying');
  expect(retryAfterSeconds(video, now)).toBe(21);
  expect(retryAfterSeconds(video, stopDate)).toBe(1);
  expect(retryAfterSeconds(toVideo(running, now), now)).toBe(3);
  expect(retryAfterSeconds(toVideo({ ...running, lastError: 'MiniMaxBusy' }, now), now)).toBe(30);
});

test.each([
  ['MiniMaxBusy', 'MiniMaxBusy', FAILURES.MiniMaxBusy.title],
  ['Sandbox.Timedout', 'Unexpected', 'A step of the workflow failed'],
])('says why a step is being tried again after %s', (lastError, type, title) => {
  const video = toVideo({ ...running, stateName: 'Submit task', lastError }, now);
  expect(video).toMatchObject({ status: 'queued', state: 'Submit task', retrying: { type, title } });
});

test('says how many tries of a step have failed, where that is known', () => {
  const video = toVideo(
    { ...running, stateName: 'Submit task', lastError: 'MiniMaxBusy', failedTries: 3 },
    now,
  );
  expect(video.retrying).toMatchObject({ failed_tries: 3 });
  expect(videoSchema.safeParse(video)).toMatchObject({ success: true });
});

test.each([null, 'text', 17, [1], { template_id: 17, metadata: 'text' }, { metadata: [1] }])(
  'shows a video for any input of its execution: %j',
  (given) => {
    expect(videoSchema.safeParse(toVideo({ ...running, input: given }, now))).toMatchObject({
      success: true,
    });
  },
);

test('says nothing of the state of a finished video', () => {
  const video = toVideo({ ...running, status: 'FAILED', stateName: 'Video failed', stopDate }, now);
  expect(video).toMatchObject({ status: 'failed', elapsed_seconds: 300 });
  expect(video).not.toHaveProperty('state');
});

const INFERRED: readonly (readonly [input: object, state: string])[] = [
  [{ request: { template_id: '1' } }, 'Submit task'],
  [{ request: { task_id: '1' } }, 'Adopt task'],
  [{ request: {}, task }, 'Check task'],
  [{ request: {}, task, check: { ...check, status: 'succeeded' } }, 'Copy video'],
  [{ job: { task }, redrives: 0 }, 'Record failure'],
  [{ job: { task }, redrives: 0, task_token: 't' }, 'Video failed'],
  [{ video_id: 'v1', task_token: 't' }, 'Wait for callback'],
];

test.each(INFERRED)('infers the state from its input: %j', (given, state) => {
  expect(inferState(given)).toBe(state);
});

test('infers every state that runs a function', () => {
  const toFunctionName = (state: string): string => state.toLowerCase().replaceAll(' ', '-');
  const running = Object.values(STATES).filter((state) =>
    Object.hasOwn(FUNCTION_ENVIRONMENT, toFunctionName(state)),
  );
  expect(INFERRED.map(([, state]) => state)).toEqual(expect.arrayContaining(running));
});

test('does not take the input of an execution for the result of its steps', () => {
  const input = {
    template_id: '1',
    task,
    check,
    video: {},
    error: { title: 'All is well', money_spent: 'no' },
  };
  const stopped: Execution = {
    ...running,
    input,
    status: 'ABORTED',
    stopDate,
    stateName: 'Submit task',
    stateInput: input,
  };
  expect(isTaskUnknown(stopped)).toBe(true);
  const shown = toVideo(stopped, now);
  expect(shown).not.toHaveProperty('task_id');
  expect(shown).not.toHaveProperty('polls');
  expect(shown.error).toMatchObject({ type: 'Cancelled', money_spent: 'maybe' });
});

test('says that nothing was spent where the workflow failed before its first step, and with what', () => {
  const broken: Execution = {
    ...running,
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'null',
    stopDate,
  };
  expect(toVideo({ ...broken, stateName: 'Task given?' }, now).error).toMatchObject({
    type: 'Unexpected',
    money_spent: 'no',
    detail: 'The workflow itself ended with States.Runtime. Read the execution history for the reason.',
  });
  expect(toVideo({ ...broken, stateName: 'Submit task' }, now).error).toMatchObject({ money_spent: 'maybe' });
});

test.each([
  ['task', { task: { task_id: 42 } }],
  ['check', { check: { status: 'succeeded', polls: 'many' } }],
  ['callbacks', { callbacks: true }],
  ['error', { error: { Error: 1, money_spent: 'lots' } }],
])('leaves out a %s of a history that is not as the service writes it', (_field, fields) => {
  const stateInput = { video_id: 'v1', wait_seconds: 'x', ...fields };
  const shown = toVideo({ ...running, stateName: 'Wait', enteredAt: startDate, stateInput }, now);
  expect(shown).toEqual(toVideo({ ...running, stateName: 'Wait', enteredAt: startDate }, now));
});

test('shows the task of a history that says no more of it than its id', () => {
  const stateInput = { video_id: 'v1', task: { task_id: '42' } };
  expect(toVideo({ ...running, stateName: 'Wait', stateInput }, now).task_id).toBe('42');
});
