import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { picture } from '../../../cli/timeline/picture.ts';
import { addEvent, type Row } from '../../../cli/timeline/rows.ts';
import { createTimeline } from '../../../cli/timeline/timeline.ts';

const START = Date.parse('2026-11-22T10:00:00Z');

function entered(name: string, at: number): HistoryEvent {
  return {
    id: 0,
    type: 'TaskStateEntered',
    timestamp: new Date(START + at),
    stateEnteredEventDetails: { name },
  };
}

function exited(name: string, at: number, output: object = {}): HistoryEvent {
  const details = { name, output: JSON.stringify(output) };
  return {
    id: 0,
    type: 'TaskStateExited',
    timestamp: new Date(START + at),
    stateExitedEventDetails: details,
  };
}

const LOOP: readonly HistoryEvent[] = [
  entered('Submit task', 0),
  exited('Submit task', 200, { task: { task_id: '42' } }),
  entered('Wait', 200),
  exited('Wait', 1200),
  entered('Check task', 1200),
  exited('Check task', 1300, { check: { minimax_status: 'Processing' } }),
  entered('Wait', 1300),
  exited('Wait', 2300),
  entered('Check task', 2300),
];

function rowsOf(events: readonly HistoryEvent[]): readonly Row[] {
  return events.reduce<readonly Row[]>((rows, event) => addEvent(rows, event, { startedAt: START }), []);
}

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

const FAILED: HistoryEvent = {
  id: 0,
  type: 'LambdaFunctionFailed',
  timestamp: new Date(START + 100),
  lambdaFunctionFailedEventDetails: {
    error: 'MiniMaxBusy',
    cause: JSON.stringify({ errorType: 'MiniMaxBusy', errorMessage: 'It said "later".' }),
  },
};
const SCHEDULED: HistoryEvent = { id: 0, type: 'LambdaFunctionScheduled', timestamp: new Date(START + 5000) };

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

test.each([72, 80, 96, 200])('fits a terminal of %i columns', (columns) => {
  const row: Row = {
    name: 'Record failure',
    visits: [{ from: 0, to: 1 }, { from: 2 }],
    note: 'x'.repeat(300),
    outcome: 'active',
  };
  const line = stripVTControlCharacters(picture(row, { now: 3, total: 3, frame: 1, columns }));
  expect(line.length).toBeLessThanOrEqual(columns);
  expect(line).toContain('Record failure');
});

test('pictures when a state was active, how long and how often', () => {
  const [, wait] = rowsOf(LOOP);
  const line = stripVTControlCharacters(
    picture(wait as Row, { now: 2400, total: 2400, frame: 0, columns: 120 }),
  );
  expect(line).toBe('  ✔ Wait           ×2   ···━━━━━━━━━━━━━━━·━━━━━━━━━━━━━━━━·    2.00 s');
});

function printedOf(events: readonly HistoryEvent[], definition?: StateMachineDefinition): readonly string[] {
  let printed = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      printed += chunk;
      done();
    },
  });
  const timeline = createTimeline(out as NodeJS.WriteStream, definition);
  for (const event of events) timeline.add(event);
  return printed.split('\n');
}

test('prints one line for each visit where there is no terminal, begun when the state is entered', () => {
  expect(printedOf([...LOOP, FAILED, SCHEDULED, exited('Check task', 6000)])).toEqual([
    '     0.00 s  Submit task       0.20 s  task 42',
    '     0.20 s  Wait              1.00 s',
    '     1.20 s  Check task        0.10 s  Processing',
    '     1.30 s  Wait              1.00 s',
    '     2.30 s  Check task                MiniMaxBusy: It said "later".',
    '     2.30 s  Check task        3.70 s  Processing',
    '',
  ]);
});

test('numbers each try that follows, and leaves the sentence of the last failure to the end', () => {
  const Retry = [
    { ErrorEquals: ['MiniMaxBusy'], IntervalSeconds: 10, MaxAttempts: 1, JitterStrategy: 'FULL' },
  ];
  const state = { Type: 'Task', Resource: 'it', End: true, Retry };
  const definition = { StartAt: 'Submit task', States: { 'Submit task': state } } as StateMachineDefinition;
  const events = [entered('Submit task', 0), FAILED, SCHEDULED, FAILED, exited('Submit task', 6000)];
  expect(printedOf(events, definition)).toEqual([
    '     0.00 s  Submit task               try 2 of 2 within 10 s, after MiniMaxBusy: It said "later".',
    '     0.00 s  Submit task       6.00 s  MiniMaxBusy',
    '',
  ]);
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
