import { Duration } from 'aws-cdk-lib';
import type { RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AWS_PATIENCE,
  COPY_PATIENCE,
  EXECUTION_TIMEOUT_MARGIN,
  pollingPatience,
  RESUME_PATIENCE,
  SUBMIT_PATIENCE,
} from '../../infra/retry-policies.ts';
import { nextCheckIn, type Schedule } from '../../lambdas/core/job/schedule.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_HISTORY_EVENTS = 25_000;
/** Wait entered and exited; Check task entered, scheduled, started, succeeded, exited; Finished? entered and exited. */
const EVENTS_A_LOOK = 9;
/** Scheduled, started, failed. */
const EVENTS_A_FAILED_LOOK = 3;

const HOUR = 3600;

/** The pauses of a Retry in seconds, without its jitter. */
function pausesOf({ interval, backoffRate = 2, maxDelay, maxAttempts = 3 }: RetryProps): readonly number[] {
  const first = interval?.toSeconds() ?? 1;
  const longest = maxDelay?.toSeconds() ?? Number.POSITIVE_INFINITY;
  return Array.from({ length: maxAttempts }, (_, index) => Math.min(first * backoffRate ** index, longest));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

interface Life {
  readonly outcome: 'seen finished' | 'gave up' | 'ran out of tries';
  /** When it was looked, in seconds. */
  readonly looks: readonly number[];
  readonly events: number;
}

interface World {
  readonly schedule: Schedule;
  /** Does this look, at this second, get an answer? */
  readonly isUp: (second: number, look: number) => boolean;
  readonly finishedAt: number;
}

/** Lives through the loop of `Wait` and `Check task` as the workflow would, retries and all. */
function live({ schedule, isUp, finishedAt }: World): Life {
  const { pollSeconds, giveUpAfterSeconds } = schedule;
  const pauses = pausesOf(pollingPatience(pollSeconds, Duration.seconds(giveUpAfterSeconds)));
  const looks: number[] = [];
  let events = 0;
  let failures = 0;
  for (let now = schedule.firstWaitSeconds; ; ) {
    looks.push(now);
    const next = nextCheckIn(now, schedule);
    if (isUp(now, looks.length)) {
      events += EVENTS_A_LOOK;
      failures = 0;
      if (now >= finishedAt) return { outcome: 'seen finished', looks, events };
      if (next === undefined) return { outcome: 'gave up', looks, events };
      now += next;
      continue;
    }
    events += EVENTS_A_FAILED_LOOK;
    if (next === undefined) return { outcome: 'gave up', looks, events };
    const pause = pauses[failures];
    if (pause === undefined) return { outcome: 'ran out of tries', looks, events };
    failures += 1;
    now += pause;
  }
}

const schedules = fc.record({
  firstWaitSeconds: fc.integer({ min: 1, max: HOUR }),
  pollSeconds: fc.integer({ min: 1, max: HOUR }),
  giveUpAfterSeconds: fc.integer({ min: 1, max: 48 }).map((hours) => hours * HOUR),
});
/** Whether each look gets an answer, over and over. */
const weathers = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });

test('whatever answers come, never looks twice within the interval, and stays far below the limit of a history', () => {
  fc.assert(
    fc.property(schedules, weathers, (schedule, weather) => {
      const isUp = (_second: number, look: number): boolean => weather[look % weather.length] ?? true;
      const { outcome, looks, events } = live({ schedule, isUp, finishedAt: Number.POSITIVE_INFINITY });
      expect(outcome).toBe('gave up');
      expect(events).toBeLessThan(MAX_HISTORY_EVENTS * 0.8);
      const gaps = looks.slice(1).map((look, index) => look - (looks[index] ?? 0));
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(schedule.pollSeconds);
    }),
    { numRuns: 500 },
  );
});

test('looks until it is time to give up although nobody ever answers', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const { outcome, looks } = live({ schedule, isUp: () => false, finishedAt: 0 });
      expect(outcome).toBe('gave up');
      expect(looks.at(-1)).toBeGreaterThanOrEqual(schedule.giveUpAfterSeconds);
    }),
    { numRuns: 500 },
  );
});

test('an hour without MiniMax loses nothing: five minutes after it is back, or one interval, the video is seen', () => {
  const downAt = fc.integer({ min: 0, max: 7 * HOUR });
  const pollSeconds = fc.integer({ min: 1, max: 600 });
  fc.assert(
    fc.property(downAt, pollSeconds, (from, interval) => {
      const schedule = { firstWaitSeconds: 30, pollSeconds: interval, giveUpAfterSeconds: 9 * HOUR };
      const isUp = (second: number): boolean => second < from || second >= from + HOUR;
      const { outcome, looks } = live({ schedule, isUp, finishedAt: from });
      expect(outcome).toBe('seen finished');
      expect(looks.at(-1)).toBeLessThanOrEqual(from + HOUR + Math.max(300, 2 * interval));
    }),
    { numRuns: 500 },
  );
});

test('repeats a create that was not accepted for about an hour', () => {
  const halved = sum(pausesOf(SUBMIT_PATIENCE)) / 2;
  expect(halved).toBeGreaterThan(0.9 * HOUR);
  expect(halved).toBeLessThan(1.2 * HOUR);
});

test('repeats a copy for most of the time for which MiniMax keeps the file', () => {
  expect(sum(pausesOf(COPY_PATIENCE))).toBeGreaterThan(6 * HOUR);
});

test('copies a file for as long as MiniMax keeps it, where each attempt brings a part of it', () => {
  const { maxAttempts = 0 } = RESUME_PATIENCE;
  const pauses = sum(pausesOf(RESUME_PATIENCE));
  expect(maxAttempts * 900 + pauses).toBeGreaterThanOrEqual(9 * HOUR);
  expect(pauses).toBeLessThan(0.05 * HOUR * maxAttempts);
});

test('repeats what records a failure for about two hours', () => {
  expect(sum(pausesOf(AWS_PATIENCE))).toBeGreaterThan(1.9 * HOUR);
});

test('ends the execution itself only when every step could have used up its patience', () => {
  const submitting = sum(pausesOf(SUBMIT_PATIENCE)) + 32 * 120;
  const copying = sum(pausesOf(COPY_PATIENCE)) + sum(pausesOf(RESUME_PATIENCE)) + (43 + 36) * 900;
  const recording = 2 * (sum(pausesOf(AWS_PATIENCE)) + 32 * 120);
  const lastLook = HOUR + 60;
  expect(EXECUTION_TIMEOUT_MARGIN.toSeconds()).toBeGreaterThan(submitting + lastLook + copying + recording);
});
