import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextCheckIn, type Schedule } from '../../lambdas/core/schedule.ts';

const DEFAULTS: Schedule = { firstWaitSeconds: 30, pollSeconds: 10, giveUpAfterSeconds: 9 * 3600 };
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_HISTORY_EVENTS = 25_000;
/** Wait entered and exited; Check task entered, scheduled, started, succeeded, exited; Finished? entered and exited. */
const EVENTS_A_LOOK = 9;

const schedules = fc.record({
  firstWaitSeconds: fc.integer({ min: 1, max: 3600 }),
  pollSeconds: fc.integer({ min: 1, max: 3600 }),
  giveUpAfterSeconds: fc.integer({ min: 1, max: 48 * 3600 }),
});

/** Every moment at which a task that never finishes is looked at, in seconds. */
function looks(schedule: Schedule): readonly number[] {
  const moments = [schedule.firstWaitSeconds];
  for (;;) {
    const elapsed = moments.at(-1) ?? 0;
    const wait = nextCheckIn(elapsed, schedule);
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
])('after %i s the defaults look again in %s s', (elapsed, wait) => {
  expect(nextCheckIn(elapsed, DEFAULTS)).toBe(wait);
});

test('never looks twice within the interval', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const moments = looks(schedule);
      const pauses = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
      expect(pauses.every((pause) => pause >= schedule.pollSeconds)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('looks a last time when it is time to give up, at most one interval later', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const last = looks(schedule).at(-1) ?? 0;
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
      expect(looks(schedule).length * EVENTS_A_LOOK).toBeLessThan(MAX_HISTORY_EVENTS * 0.8);
    }),
    { numRuns: 200 },
  );
});
