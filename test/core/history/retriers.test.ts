import { describe, expect, test } from 'vitest';
import { covers, nextTryOf, pauseSeconds, type Retrier } from '../../../lambdas/core/history/retriers.ts';

const BUSY: Retrier = { ErrorEquals: ['MiniMaxBusy'], IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 2 };
const OTHERS: Retrier = { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1, JitterStrategy: 'FULL' };

describe('the try that follows failed ones', () => {
  test('has its number, its limit and its pause from the only Retry', () => {
    const state = { Retry: [BUSY] };
    expect(nextTryOf(state, ['MiniMaxBusy'])).toEqual({ attempt: 2, limit: 3, seconds: 10, isRandom: false });
    expect(nextTryOf(state, ['MiniMaxBusy', 'MiniMaxBusy'])).toMatchObject({ attempt: 3, seconds: 30 });
    expect(nextTryOf(state, ['MiniMaxBusy', 'MiniMaxBusy', 'MiniMaxBusy'])).toBeUndefined();
  });

  test('is counted by each Retry for itself, and then has no one limit', () => {
    const state = { Retry: [BUSY, OTHERS] };
    expect(nextTryOf(state, ['Broken'])).toEqual({
      attempt: 2,
      limit: undefined,
      seconds: 1,
      isRandom: true,
    });
    expect(nextTryOf(state, ['Broken', 'MiniMaxBusy'])).toMatchObject({ attempt: 3, seconds: 10 });
    expect(nextTryOf(state, ['Broken', 'MiniMaxBusy', 'MiniMaxBusy'])).toMatchObject({ seconds: 30 });
    expect(nextTryOf(state, ['Broken', 'MiniMaxBusy', 'Broken'])).toBeUndefined();
  });

  test('has the defaults of the States Language', () => {
    const state = { Retry: [{ ErrorEquals: ['States.ALL'] }] };
    expect(nextTryOf(state, ['a'])).toEqual({ attempt: 2, limit: 4, seconds: 1, isRandom: false });
    expect(nextTryOf(state, ['a', 'a', 'a'])).toMatchObject({ attempt: 4, seconds: 4 });
    expect(nextTryOf(state, ['a', 'a', 'a', 'a'])).toBeUndefined();
  });

  test('does not exist without a failure, a fitting Retry, a state or an attempt', () => {
    expect(nextTryOf({ Retry: [BUSY] }, [])).toBeUndefined();
    expect(nextTryOf({ Retry: [BUSY] }, ['Other'])).toBeUndefined();
    expect(nextTryOf({ Retry: [{ ...BUSY, MaxAttempts: 0 }] }, ['MiniMaxBusy'])).toBeUndefined();
    for (const state of [undefined, {}, { Retry: undefined }, { Retry: [] }])
      expect(nextTryOf(state, ['MiniMaxBusy'])).toBeUndefined();
  });
});

test('the pause grows by its rate to its limit', () => {
  const limited = { ...BUSY, MaxDelaySeconds: 45 };
  expect([0, 1, 2, 3].map((before) => pauseSeconds(limited, before))).toEqual([10, 30, 45, 45]);
  expect(pauseSeconds({ ErrorEquals: [], BackoffRate: 1, IntervalSeconds: 7 }, 9)).toBe(7);
});

test('a Retry covers the errors that it names', () => {
  expect(covers(BUSY, 'MiniMaxBusy')).toBe(true);
  expect(covers(BUSY, 'Other')).toBe(false);
  for (const name of ['States.ALL', 'States.TaskFailed'])
    expect(covers({ ErrorEquals: ['a', name] }, 'Other')).toBe(true);
});
