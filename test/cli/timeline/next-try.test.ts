import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { nextTry, nextTryIn } from '../../../cli/timeline/next-try.ts';

const BUSY = {
  ErrorEquals: ['Busy'],
  IntervalSeconds: 10,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  MaxAttempts: 4,
};

function stateWith(...Retry: readonly object[]) {
  return {
    Type: 'Task',
    Resource: 'it',
    End: true,
    Retry,
  } as unknown as StateMachineDefinition['States'][string];
}

function after(count: number): readonly string[] {
  return Array.from({ length: count }, () => 'Busy');
}

test('numbers the next try, and gives its time', () => {
  const state = stateWith(BUSY);
  expect([1, 2, 3, 4].map((count) => nextTry(state, after(count)))).toEqual([
    'try 2 of 5 in 10 s',
    'try 3 of 5 in 20 s',
    'try 4 of 5 in 30 s',
    'try 5 of 5 in 30 s',
  ]);
});

test('says of a pause with jitter how long it is at most', () => {
  expect(nextTry(stateWith({ ...BUSY, JitterStrategy: 'FULL' }), after(1))).toBe('try 2 of 5 within 10 s');
});

test('names no try after the last one, or after another error', () => {
  expect(nextTry(stateWith(BUSY), after(5))).toBeUndefined();
  expect(nextTry(stateWith(BUSY), ['Other'])).toBeUndefined();
  expect(nextTry(stateWith({ ...BUSY, MaxAttempts: 0 }), after(1))).toBeUndefined();
  expect(nextTry(undefined, after(1))).toBeUndefined();
});

test('gives no number at most where several retriers take turns, each with pauses of its own', () => {
  const state = stateWith(BUSY, { ErrorEquals: ['States.ALL'], IntervalSeconds: 1 });
  expect(nextTry(state, ['Busy', 'Other', 'Busy'])).toBe('try 4 in 20 s');
});

test('counts in a history only what has failed since the state was entered', () => {
  const entered: HistoryEvent = {
    id: 1,
    type: 'TaskStateEntered',
    timestamp: new Date(),
    stateEnteredEventDetails: { name: 'Ask' },
  };
  const failed: HistoryEvent = {
    id: 2,
    type: 'LambdaFunctionFailed',
    timestamp: new Date(),
    lambdaFunctionFailedEventDetails: { error: 'Busy' },
  };
  const definition = { StartAt: 'Ask', States: { Ask: stateWith(BUSY) } } as StateMachineDefinition;
  expect(nextTryIn(definition, [entered, failed, failed, entered, failed])).toBe('try 2 of 5 in 10 s');
});
