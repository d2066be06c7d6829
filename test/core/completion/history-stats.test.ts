import { expect, test } from 'vitest';
import {
  type CountedEvent,
  toExecutionStats,
  toPhases,
} from '../../../lambdas/core/completion/history-stats.ts';

const START = Date.parse('2026-11-22T10:00:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);
const entered = (name: string, seconds: number): CountedEvent => ({
  type: 'TaskStateEntered',
  timestamp: at(seconds),
  stateEnteredEventDetails: { name },
});
const exited = (name: string, seconds: number): CountedEvent => ({
  type: 'TaskStateExited',
  timestamp: at(seconds),
  stateExitedEventDetails: { name },
});
const event = (type: string, seconds: number): CountedEvent => ({ type, timestamp: at(seconds) });
const scheduled = (seconds: number): CountedEvent => event('LambdaFunctionScheduled', seconds);

/** One check that finds the task running, and another that finds it done. */
const GOOD: readonly CountedEvent[] = [
  event('ExecutionStarted', 0),
  entered('Task given?', 0),
  exited('Task given?', 0),
  entered('Submit task', 0),
  scheduled(0),
  exited('Submit task', 2),
  ...[2, 33].flatMap((from) => [
    entered('Wait', from),
    exited('Wait', from + 30),
    entered('Check task', from + 30),
    scheduled(from + 30),
    exited('Check task', from + 31),
    entered('Finished?', from + 31),
    exited('Finished?', from + 31),
  ]),
  entered('Copy video', 64),
  scheduled(64),
  exited('Copy video', 67),
  entered('Video ready', 67),
  exited('Video ready', 67),
  event('ExecutionSucceeded', 67),
];

test('counts the start, each state and nothing else of a run without faults', () => {
  expect(toExecutionStats(GOOD, at(67)).transitions).toBe(1 + 2 + 2 * 3 + 2);
});

test('has the start and the seconds of each phase, over all its visits', () => {
  expect(toPhases(toExecutionStats(GOOD, at(67)))).toEqual({
    submit: { enteredAt: at(0), seconds: 2 },
    generate: { enteredAt: at(2), seconds: 62 },
    copy: { enteredAt: at(64), seconds: 3 },
  });
});

test('counts each repetition of a step as a transition, and its pauses as the time of the step', () => {
  const failed = event('LambdaFunctionFailed', 1);
  const stats = toExecutionStats(
    [
      entered('Submit task', 0),
      scheduled(0),
      failed,
      scheduled(10),
      failed,
      scheduled(25),
      exited('Submit task', 26),
    ],
    at(26),
  );
  expect(stats.transitions).toBe(1 + 1 + 2);
  expect(stats.durations).toEqual({ 'Submit task': { enteredAt: at(0), seconds: 26 } });
});

test('counts the repetitions of a task that waits for its token as well', () => {
  const events = [entered('Video failed', 0), event('TaskScheduled', 0), event('TaskScheduled', 5)];
  expect(toExecutionStats(events, at(6)).transitions).toBe(3);
});

test('ends the last state where the execution ends, and not where it would have ended', () => {
  const events = [entered('Wait', 5), event('ExecutionAborted', 9)];
  expect(toExecutionStats(events, at(9)).durations).toEqual({ Wait: { enteredAt: at(5), seconds: 4 } });
});

test('leaves out the time between an end and a redrive', () => {
  const events = [
    entered('Copy video', 0),
    scheduled(0),
    event('ExecutionFailed', 3),
    event('ExecutionRedriven', 1000),
    entered('Copy video', 1000),
    scheduled(1000),
    exited('Copy video', 1002),
  ];
  expect(toPhases(toExecutionStats(events, at(1002)))).toEqual({ copy: { enteredAt: at(0), seconds: 5 } });
});

test.each([
  ['its end', GOOD, true],
  ['everything but its end', GOOD.slice(0, -1), false],
  ['an end that was redriven', [...GOOD, event('ExecutionRedriven', 90)], false],
  ['nothing', [], false],
])('is whole with %s: %o', (_what, events, expected) => {
  expect(toExecutionStats(events, at(67)).isComplete).toBe(expected);
});

test('has no phase that the execution never came to', () => {
  expect(toPhases(toExecutionStats([], at(0)))).toEqual({});
});

test.each([
  ['after the event of its scheduling', [scheduled(0)]],
  ['alone', []],
])('counts an attempt that could not be scheduled once: its event stands %s', (_where, before) => {
  const attempt = (seconds: number): readonly CountedEvent[] => [
    ...before.map(() => scheduled(seconds)),
    event('LambdaFunctionScheduleFailed', seconds),
  ];
  const events = [
    entered('Check task', 0),
    ...attempt(1),
    ...attempt(2),
    scheduled(3),
    exited('Check task', 4),
  ];
  expect(toExecutionStats(events, at(4)).transitions).toBe(1 + 1 + 2);
});

test.each(['LambdaFunctionStartFailed', 'LambdaFunctionTimedOut'])(
  'counts an attempt once that ends with %s',
  (type) => {
    const events = [
      entered('Check task', 0),
      scheduled(1),
      event(type, 2),
      scheduled(3),
      exited('Check task', 4),
    ];
    expect(toExecutionStats(events, at(4)).transitions).toBe(1 + 1 + 1);
  },
);

test.each(['TaskStartFailed', 'TaskSubmitFailed', 'TaskFailed', 'TaskTimedOut'])(
  'counts an attempt of a step that waits for a token once, when it ends with %s',
  (type) => {
    const attempt = [event('TaskScheduled', 1), event('TaskStarted', 1), event(type, 2)];
    const events = [entered('Video failed', 0), ...attempt, ...attempt, event('ExecutionFailed', 5)];
    expect(toExecutionStats(events, at(5)).transitions).toBe(1 + 1 + 1);
  },
);
