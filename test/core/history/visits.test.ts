import { expect, test } from 'vitest';
import type { Visit } from '../../../lambdas/core/api/workflow-response.ts';
import { addEvent, type VisitEvent } from '../../../lambdas/core/history/visits.ts';

const START = Date.parse('2026-11-22T10:00:00.000Z');
const at = (second: number): string => new Date(START + 1000 * second).toISOString();
const job = (wait_seconds: number): string => JSON.stringify({ video_id: 'v1', wait_seconds });

const entered = (name: string, input = '{}', type = 'TaskStateEntered'): VisitEvent => ({
  type,
  stateEnteredEventDetails: { name, input },
});
const exited = (name: string, output = '{}'): VisitEvent => ({
  type: 'TaskStateExited',
  stateExitedEventDetails: { name, output },
});

/** The visits of these events, one a second. */
function visitsOf(...events: readonly VisitEvent[]): readonly Visit[] {
  const timed = events.map((event, second) => ({ ...event, timestamp: new Date(START + 1000 * second) }));
  return timed.reduce<readonly Visit[]>(addEvent, []);
}

const STARTED = { type: 'ExecutionStarted' };

test('a visit has its entry and exit, and the job as the state has handed it on', () => {
  expect(visitsOf(STARTED, entered('Wait', job(30)), exited('Wait', job(10)), entered('Check task'))).toEqual(
    [
      { state: 'Wait', entered_at: at(1), left_at: at(2), failed_tries: [], job: { wait_seconds: 10 } },
      { state: 'Check task', entered_at: at(3), left_at: undefined, failed_tries: [], job: undefined },
    ],
  );
});

test('a state that is visited again has a visit for each time', () => {
  const visits = visitsOf(entered('Wait'), exited('Wait'), entered('Wait'), exited('Wait'));
  expect(visits.map(({ entered_at, left_at }) => [entered_at, left_at])).toEqual([
    [at(0), at(1)],
    [at(2), at(3)],
  ]);
});

test('a running visit has the job that it was given, also where its output has none', () => {
  expect(visitsOf(entered('Wait', job(30)))).toMatchObject([{ job: { wait_seconds: 30 } }]);
  expect(visitsOf(entered('Wait', job(30)), exited('Wait', '[1]'))).toMatchObject([
    { left_at: at(1), job: { wait_seconds: 30 } },
  ]);
});

const sentence = (errorMessage: string): string =>
  JSON.stringify({ errorType: 'E', errorMessage, trace: ['at /var/task/index.mjs:1:1'] });
const unexpected = { title: 'A step of the workflow failed', detail: undefined };

test.each([
  [
    'a Failure of the service',
    { lambdaFunctionFailedEventDetails: { error: 'MiniMaxBusy', cause: sentence('MiniMax is busy.') } },
    { error: 'MiniMaxBusy', title: 'MiniMax accepted no more requests', detail: 'MiniMax is busy.' },
  ],
  [
    'a retryable error of Copy video',
    { lambdaFunctionFailedEventDetails: { error: 'VideoUnfinished', cause: sentence('Half is stored.') } },
    {
      error: 'VideoUnfinished',
      title: 'A part of the file is stored; the next attempt continues',
      detail: 'Half is stored.',
    },
  ],
  [
    'a crash of a function, whose cause may show its inside',
    { lambdaFunctionFailedEventDetails: { error: 'TypeError', cause: sentence('x of undefined') } },
    { error: 'TypeError', ...unexpected },
  ],
  [
    'a crash of Lambda',
    { lambdaFunctionFailedEventDetails: { error: 'Runtime.ExitError', cause: 'RequestId: 7' } },
    { error: 'Runtime.ExitError', ...unexpected },
  ],
  [
    'a function that could not be scheduled',
    { lambdaFunctionScheduleFailedEventDetails: { error: 'Lambda.SdkClientException', cause: 'x' } },
    { error: 'Lambda.SdkClientException', ...unexpected },
  ],
  [
    'a function that could not be started',
    { lambdaFunctionStartFailedEventDetails: { error: 'Lambda.TooManyRequestsException', cause: 'x' } },
    { error: 'Lambda.TooManyRequestsException', ...unexpected },
  ],
  [
    'a function that has timed out, whose name AWS leaves out',
    { lambdaFunctionTimedOutEventDetails: {} },
    { error: 'States.Timeout', ...unexpected },
  ],
  [
    'a task that could not be started',
    { taskStartFailedEventDetails: { error: 'Lambda.Unknown' } },
    { error: 'Lambda.Unknown', ...unexpected },
  ],
  [
    'a task that could not be submitted',
    { taskSubmitFailedEventDetails: { cause: 'arn:aws:lambda:eu-west-1:123456789012:function:x' } },
    { error: 'States.TaskFailed', ...unexpected },
  ],
  [
    'an error with an odd name',
    { lambdaFunctionFailedEventDetails: { error: 'a\u202eb {"x"}', cause: 'x' } },
    { error: 'ab x', ...unexpected },
  ],
])('a failed try is %s', (_what, details: VisitEvent, expected) => {
  const visits = visitsOf(entered('Check task'), details, details, exited('Check task'));
  expect(visits).toMatchObject([{ state: 'Check task', left_at: at(3) }]);
  expect(visits[0]?.failed_tries).toEqual([
    { failed_at: at(1), ...expected },
    { failed_at: at(2), ...expected },
  ]);
});

const TIMED_OUT = { type: 'TaskTimedOut', taskTimedOutEventDetails: { error: 'States.Timeout' } };
const failedWith = (error: string): VisitEvent => ({
  type: 'TaskFailed',
  taskFailedEventDetails: { error, cause: 'It failed.' },
});

test.each([
  ['Wait for callback', TIMED_OUT],
  ['Wait for callback', { type: 'TaskSucceeded' }],
  ['Video failed', failedWith('GenerationFailed')],
  ['Check task', { type: 'LambdaFunctionScheduled' }],
  ['Check task', { type: 'LambdaFunctionSucceeded' }],
])('%s has no failed try because of %o', (state, event: VisitEvent) => {
  expect(visitsOf(entered(state), event)).toMatchObject([{ failed_tries: [] }]);
});

test.each([
  ['Wait for callback', failedWith('StorageUnavailable'), 'StorageUnavailable'],
  ['Wait for callback', failedWith('Runtime.ExitError'), 'Runtime.ExitError'],
  ['Video failed', failedWith('OutcomeUndelivered'), 'OutcomeUndelivered'],
  ['Video failed', TIMED_OUT, 'States.Timeout'],
])('%s has a failed try because of %o', (state, event: VisitEvent, error) => {
  expect(visitsOf(entered(state), event)).toMatchObject([{ failed_tries: [{ error }] }]);
});

test.each(['ExecutionAborted', 'ExecutionFailed', 'ExecutionTimedOut', 'ExecutionSucceeded'])(
  '%s ends the visit that has no end, and changes no other',
  (type) => {
    expect(visitsOf(entered('Wait', job(30)), { type })).toMatchObject([
      { state: 'Wait', left_at: at(1), job: { wait_seconds: 30 } },
    ]);
    expect(visitsOf(entered('Wait'), exited('Wait'), { type })).toMatchObject([{ left_at: at(1) }]);
  },
);

const FAILED_ONCE = [entered('Video failed', job(1)), { type: 'ExecutionFailed' }] as const;
const REDRIVEN = { type: 'ExecutionRedriven' };

test('a redrive begins a visit of the state that failed, where the history has no new entry', () => {
  const visits = visitsOf(...FAILED_ONCE, REDRIVEN, exited('Video failed', job(0)), entered('Check task'));
  expect(visits).toMatchObject([
    { state: 'Video failed', entered_at: at(0), left_at: at(1), job: { wait_seconds: 1 } },
    { state: 'Video failed', entered_at: at(2), left_at: at(3), job: { wait_seconds: 0 } },
    { state: 'Check task', entered_at: at(4) },
  ]);
  expect(visits).toHaveLength(3);
});

test('a redrive begins one visit, where the history has a new entry', () => {
  const entry = entered('Video failed', job(1));
  const visits = visitsOf(...FAILED_ONCE, REDRIVEN, entry, exited('Video failed', job(0)));
  expect(visits.map(({ state, entered_at, left_at }) => [state, entered_at, left_at])).toEqual([
    ['Video failed', at(0), at(1)],
    ['Video failed', at(3), at(4)],
  ]);
});

test('leaves out events before the first entry', () => {
  const failed = { lambdaFunctionFailedEventDetails: { error: 'MiniMaxBusy' } };
  expect(visitsOf(STARTED, exited('Wait'), failed, REDRIVEN, { type: 'ExecutionFailed' })).toEqual([]);
});

test('changes nothing that it was given', () => {
  const before = visitsOf(entered('Wait', job(30)));
  const copy = structuredClone(before);
  addEvent(before, exited('Wait', job(10)));
  addEvent(before, { lambdaFunctionTimedOutEventDetails: {} });
  addEvent(before, REDRIVEN);
  expect(before).toEqual(copy);
});
