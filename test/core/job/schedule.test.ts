import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstCheckIn, nextCheckIn, type Schedule } from '../../../lambdas/core/job/schedule.ts';

const DEFAULTS: Schedule = { firstWaitSeconds: 30, pollSeconds: 10, giveUpAfterSeconds: 9 * 3600 };
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_HISTORY_EVENTS = 25_000;
/** Wait entered and exited; Check task entered, scheduled, started, succeeded, exited; Finished? entered and exited. */
const EVENTS_PER_CHECK = 9;
/** As above; beside that, Wait is scheduled, started, submitted and timed out. */
const EVENTS_PER_CHECK_WITH_CALLBACKS = 13;

const schedules = fc.record({
  firstWaitSeconds: fc.integer({ min: 1, max: 3600 }),
  pollSeconds: fc.integer({ min: 1, max: 3600 }),
  giveUpAfterSeconds: fc.integer({ min: 1, max: 48 * 3600 }),
});

/** Every moment at which a task that never finishes is checked, in seconds. */
function checksOf(schedule: Schedule, hasCallbacks = false): readonly number[] {
  const moments = [firstCheckIn(schedule, hasCallbacks)];
  for (;;) {
    const elapsed = moments.at(-1) ?? 0;
    const wait = nextCheckIn(elapsed, schedule, hasCallbacks);
    if (wait === undefined) return moments;
    moments.push(elapsed + wait);
  }
}

test.each([
  [30, 10],
  [599, 10],
  [600, 30],
  [1799, 30],
  [1800, 300],
  [9 * 3600 - 60, 300],
  [9 * 3600, undefined],
  [10 * 3600, undefined],
])('after %i s the defaults check again in %s s', (elapsed, wait) => {
  expect(nextCheckIn(elapsed, DEFAULTS)).toBe(wait);
});

test('never checks twice within the interval', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const moments = checksOf(schedule);
      const pauses = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
      expect(pauses.every((pause) => pause >= schedule.pollSeconds)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('checks a last time when it is time to give up, at most one interval later', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const last = checksOf(schedule).at(-1) ?? 0;
      const longest = Math.max(schedule.pollSeconds, 300);
      expect(last).toBeGreaterThanOrEqual(schedule.giveUpAfterSeconds);
      expect(last).toBeLessThan(
        Math.max(schedule.firstWaitSeconds + 1, schedule.giveUpAfterSeconds + longest),
      );
    }),
    { numRuns: 200 },
  );
});

test('keeps the history of a task that never finishes far below the limit', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      expect(checksOf(schedule).length * EVENTS_PER_CHECK).toBeLessThan(MAX_HISTORY_EVENTS * 0.8);
    }),
    { numRuns: 200 },
  );
});

test('without any callback checks late for the first time, then every two minutes, and then slower', () => {
  const [first, ...others] = checksOf(DEFAULTS, true);
  expect(first).toBe(360);
  expect(others.filter((moment) => moment <= 1800)).toEqual([
    480, 600, 720, 840, 960, 1080, 1200, 1320, 1440, 1560, 1680, 1800,
  ]);
  expect(others.slice(12, 14)).toEqual([2100, 2400]);
});

test.each([
  [5, 355],
  [299, 61],
  [300, 60],
  [359, 60],
  [360, 120],
])('after a callback at %i s that reveals no change, checks again in %i s', (elapsed, wait) => {
  expect(nextCheckIn(elapsed, DEFAULTS, true)).toBe(wait);
});

test('with callbacks checks at most every minute, never more often than without them, and never later than the slowest interval', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const moments = checksOf(schedule, true);
      const pauses = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
      const longest = Math.max(360, schedule.pollSeconds);
      expect(pauses.every((pause) => pause >= Math.max(60, schedule.pollSeconds))).toBe(true);
      expect(pauses.every((pause) => pause <= longest)).toBe(true);
      expect(moments[0]).toBeLessThanOrEqual(Math.max(360, schedule.firstWaitSeconds));
      expect(moments.length * EVENTS_PER_CHECK_WITH_CALLBACKS).toBeLessThan(MAX_HISTORY_EVENTS * 0.8);
    }),
    { numRuns: 200 },
  );
});
