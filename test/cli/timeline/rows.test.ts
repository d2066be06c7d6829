import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { entered, exited, FAILED, LOOP, rowsOf, SCHEDULED, START } from './history-events.ts';

const UNPRINTABLE = '\u001b[2J\u202e\u009b1A\r\n';

test('shows no control character from outside', () => {
  const failed: HistoryEvent = {
    id: 0,
    type: 'LambdaFunctionFailed',
    timestamp: new Date(START),
    lambdaFunctionFailedEventDetails: {
      error: 'X',
      cause: JSON.stringify({ errorMessage: `no${UNPRINTABLE}` }),
    },
  };
  const ended: HistoryEvent = {
    id: 0,
    type: 'ExecutionFailed',
    timestamp: new Date(START),
    executionFailedEventDetails: { error: `X${UNPRINTABLE}` },
  };
  const checked = exited('Check task', 1300, { check: { minimax_status: `Processing${UNPRINTABLE}` } });
  for (const event of [failed, ended, checked]) {
    const rows = rowsOf([entered('Check task', 1200), event]);
    expect(JSON.stringify(rows)).toMatch(/^[ -~]+$/);
    expect(JSON.stringify(rows)).not.toContain('\\');
  }
});

test('folds a history into one row for each state, with every visit and the last result', () => {
  expect(rowsOf(LOOP)).toEqual([
    { name: 'Submit task', visits: [{ from: 0, to: 200 }], note: 'task 42', outcome: 'done' },
    {
      name: 'Wait',
      visits: [
        { from: 200, to: 1200 },
        { from: 1300, to: 2300 },
      ],
      note: '',
      outcome: 'done',
    },
    {
      name: 'Check task',
      visits: [{ from: 1200, to: 1300 }, { from: 2300 }],
      note: 'Processing',
      outcome: 'active',
    },
  ]);
});

test.each(['null', '"text"', '{"task":7}'])(
  'shows no note for the output %s, which is no job document',
  (output) => {
    const left = { ...exited('Submit task', 200), stateExitedEventDetails: { name: 'Submit task', output } };
    expect(rowsOf([entered('Submit task', 0), left])).toMatchObject([{ outcome: 'done', note: '' }]);
  },
);

test('shows why an attempt has failed, until the next attempt', () => {
  const [waiting] = rowsOf([entered('Submit task', 0), FAILED]);
  expect(waiting).toMatchObject({ outcome: 'active', failure: 'MiniMaxBusy: It said "later".' });
  const [repeated] = rowsOf([entered('Submit task', 0), FAILED, SCHEDULED, exited('Submit task', 6000)]);
  expect(repeated).toMatchObject({ outcome: 'done' });
  expect(repeated).not.toHaveProperty('failure');
});

test('shows a step as failed after its last failed attempt, and the state in which the execution ends', () => {
  const [caught] = rowsOf([entered('Submit task', 0), FAILED, exited('Submit task', 100)]);
  expect(caught).toMatchObject({ outcome: 'failed', note: 'MiniMaxBusy: It said "later".' });
  const ended: HistoryEvent = {
    id: 0,
    type: 'ExecutionFailed',
    timestamp: new Date(START + 5),
    executionFailedEventDetails: { error: 'MiniMaxBusy' },
  };
  expect(rowsOf([entered('Video failed', 0), ended])[0]).toMatchObject({
    visits: [{ from: 0, to: 5 }],
    outcome: 'failed',
  });
});

const service = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
const rejected = { error: 'Lambda.ResourceNotFoundException', cause: 'Function not found' };

test.each<Partial<HistoryEvent>>([
  { type: 'LambdaFunctionScheduleFailed', lambdaFunctionScheduleFailedEventDetails: rejected },
  { type: 'LambdaFunctionStartFailed', lambdaFunctionStartFailedEventDetails: rejected },
  { type: 'TaskStartFailed', taskStartFailedEventDetails: { ...service, ...rejected } },
  { type: 'TaskSubmitFailed', taskSubmitFailedEventDetails: { ...service, ...rejected } },
])('says why an attempt could not begin: $type', (event) => {
  const failed = { id: 0, timestamp: new Date(START + 10), ...event } as HistoryEvent;
  const [row] = rowsOf([entered('Video failed', 0), failed]);
  expect(row).toMatchObject({ failure: 'Lambda.ResourceNotFoundException: Function not found' });
  const [again] = rowsOf([
    entered('Video failed', 0),
    failed,
    { id: 0, type: 'TaskScheduled', timestamp: new Date(START + 20) },
  ]);
  expect(again).not.toHaveProperty('failure');
});

test('shows no failure for a wait for a callback that timed out', () => {
  const timedOut: HistoryEvent = {
    id: 0,
    type: 'TaskTimedOut',
    timestamp: new Date(START + 10),
    taskTimedOutEventDetails: { ...service, error: 'States.Timeout' },
  };
  const [row] = rowsOf([entered('Wait for callback', 0), timedOut, exited('Wait for callback', 10)]);
  expect(row).toMatchObject({ outcome: 'done' });
});
