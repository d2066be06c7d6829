import { Duration } from 'aws-cdk-lib';
import type { RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AWS_RETRY,
  COPY_RETRY,
  EXECUTION_TIMEOUT_MARGIN,
  pollingRetry,
  RESUME_RETRY,
  SUBMIT_RETRY,
} from '../../infra/retry-policies.ts';
import { nextCheckIn, type Schedule } from '../../lambdas/core/job/schedule.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_HISTORY_EVENTS = 25_000;
/** Wait entered and exited; Check task entered, scheduled, started, succeeded, exited; Finished? entered and exited. */
const EVENTS_A_CHECK = 9;
/** Scheduled, started, failed. */
const EVENTS_A_FAILED_CHECK = 3;

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

interface Simulation {
  readonly outcome: 'seen finished' | 'gave up' | 'ran out of tries';
  /** When each check was made, in seconds. */
  readonly checks: readonly number[];
  readonly events: number;
}

interface World {
  readonly schedule: Schedule;
  /** Whether MiniMax answers this check, at this second. */
  readonly isUp: (second: number, check: number) => boolean;
  readonly finishedAt: number;
}

/** Simulates the loop of `Wait` and `Check task`, with its retries. */
function simulate({ schedule, isUp, finishedAt }: World): Simulation {
  const { pollSeconds, giveUpAfterSeconds } = schedule;
  const pauses = pausesOf(pollingRetry(pollSeconds, Duration.seconds(giveUpAfterSeconds)));
  const checks: number[] = [];
  let events = 0;
  let failures = 0;
  for (let now = schedule.firstWaitSeconds; ; ) {
    checks.push(now);
    const next = nextCheckIn(now, schedule);
    if (isUp(now, checks.length)) {
      events += EVENTS_A_CHECK;
      failures = 0;
      if (now >= finishedAt) return { outcome: 'seen finished', checks, events };
      if (next === undefined) return { outcome: 'gave up', checks, events };
      now += next;
      continue;
    }
    events += EVENTS_A_FAILED_CHECK;
    if (next === undefined) return { outcome: 'gave up', checks, events };
    const pause = pauses[failures];
    if (pause === undefined) return { outcome: 'ran out of tries', checks, events };
    failures += 1;
    now += pause;
  }
}

const schedules = fc.record({
  firstWaitSeconds: fc.integer({ min: 1, max: HOUR }),
  pollSeconds: fc.integer({ min: 1, max: HOUR }),
  giveUpAfterSeconds: fc.integer({ min: 1, max: 48 }).map((hours) => hours * HOUR),
});
/** Whether each check gets an answer, repeated from the start. */
const weathers = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });

test('never checks twice within the interval, and stays far below the limit of a history, with any answers', () => {
  fc.assert(
    fc.property(schedules, weathers, (schedule, weather) => {
      const isUp = (_second: number, check: number): boolean => weather[check % weather.length] ?? true;
      const { outcome, checks, events } = simulate({ schedule, isUp, finishedAt: Number.POSITIVE_INFINITY });
      expect(outcome).toBe('gave up');
      expect(events).toBeLessThan(MAX_HISTORY_EVENTS * 0.8);
      const gaps = checks.slice(1).map((check, index) => check - (checks[index] ?? 0));
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(schedule.pollSeconds);
    }),
    { numRuns: 500 },
  );
});

test('checks until it is time to give up when MiniMax never answers', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const { outcome, checks } = simulate({ schedule, isUp: () => false, finishedAt: 0 });
      expect(outcome).toBe('gave up');
      expect(checks.at(-1)).toBeGreaterThanOrEqual(schedule.giveUpAfterSeconds);
    }),
    { numRuns: 500 },
  );
});

test('sees the video at most five minutes, or two intervals, after MiniMax was down for an hour', () => {
  const downAt = fc.integer({ min: 0, max: 7 * HOUR });
  const pollSeconds = fc.integer({ min: 1, max: 600 });
  fc.assert(
    fc.property(downAt, pollSeconds, (from, interval) => {
      const schedule = { firstWaitSeconds: 30, pollSeconds: interval, giveUpAfterSeconds: 9 * HOUR };
      const isUp = (second: number): boolean => second < from || second >= from + HOUR;
      const { outcome, checks } = simulate({ schedule, isUp, finishedAt: from });
      expect(outcome).toBe('seen finished');
      expect(checks.at(-1)).toBeLessThanOrEqual(from + HOUR + Math.max(300, 2 * interval));
    }),
    { numRuns: 500 },
  );
});

test('repeats a create that was not accepted for about an hour', () => {
  const halved = sum(pausesOf(SUBMIT_RETRY)) / 2;
  expect(halved).toBeGreaterThan(0.9 * HOUR);
  expect(halved).toBeLessThan(1.2 * HOUR);
});

test('repeats a copy for most of the time for which MiniMax keeps the file', () => {
  expect(sum(pausesOf(COPY_RETRY))).toBeGreaterThan(6 * HOUR);
});

test('copies a file for as long as MiniMax keeps it, when each attempt stores a new part', () => {
  const { maxAttempts = 0 } = RESUME_RETRY;
  const pauses = sum(pausesOf(RESUME_RETRY));
  expect(maxAttempts * 900 + pauses).toBeGreaterThanOrEqual(9 * HOUR);
  expect(pauses).toBeLessThan(0.05 * HOUR * maxAttempts);
});

test('repeats what records a failure for about two hours', () => {
  expect(sum(pausesOf(AWS_RETRY))).toBeGreaterThan(1.9 * HOUR);
});

test('lets every step use up its retry policy before the execution itself times out', () => {
  const submitting = sum(pausesOf(SUBMIT_RETRY)) + 32 * 120;
  const copying = sum(pausesOf(COPY_RETRY)) + sum(pausesOf(RESUME_RETRY)) + (43 + 36) * 900;
  const recording = 2 * (sum(pausesOf(AWS_RETRY)) + 32 * 120);
  const lastCheck = HOUR + 60;
  expect(EXECUTION_TIMEOUT_MARGIN.toSeconds()).toBeGreaterThan(submitting + lastCheck + copying + recording);
});
