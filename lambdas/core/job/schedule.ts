/** When a task is checked, all in seconds. */
export interface Schedule {
  readonly firstWaitSeconds: number;
  readonly pollSeconds: number;
  readonly giveUpAfterSeconds: number;
}

/** The moment at which something happened to a job, and the rules by which it waits. */
export interface Moment {
  readonly now: Date;
  readonly schedule: Schedule;
}

const STEADY_UNTIL_SECONDS = 10 * 60;
const SLOW_UNTIL_SECONDS = 30 * 60;
const SLOW_SECONDS = 30;
const SLOWEST_SECONDS = 5 * 60;

/** Most tasks have had a callback within this time. Where none comes, a check is late by this much at most. */
const CALLBACK_FIRST_CHECK_SECONDS = 6 * 60;
const CALLBACK_CHECK_SECONDS = 2 * 60;
/** Between a callback that came too early and the late first check, or that revealed no change and the next check. */
const MIN_CALLBACK_CHECK_SECONDS = 60;

/** Seconds between the create and the first check. @param hasCallbacks whether a callback can end the wait */
export function firstCheckIn(schedule: Schedule, hasCallbacks = false): number {
  if (!hasCallbacks) return schedule.firstWaitSeconds;
  return Math.max(schedule.firstWaitSeconds, CALLBACK_FIRST_CHECK_SECONDS);
}

/**
 * Seconds to wait before the next check of a task that has been waited for since `elapsedSeconds`. Most tasks take 2 to 7
 * minutes and long ones 15, so the interval is steady that long and then grows. With callbacks, checks are for those that do
 * not come: a late first check, and then every two minutes. The last check comes at most one interval after the time is over.
 * @returns undefined when it is time to give up
 */
export function nextCheckIn(
  elapsedSeconds: number,
  schedule: Schedule,
  hasCallbacks = false,
): number | undefined {
  const { giveUpAfterSeconds, pollSeconds } = schedule;
  if (elapsedSeconds >= giveUpAfterSeconds) return undefined;
  return (hasCallbacks ? callbackIntervalAt : intervalAt)(elapsedSeconds, pollSeconds);
}

/** As `nextCheckIn`, after a callback that revealed no change: MiniMax's query API may lag behind its callbacks. */
export function nextCheckAfterSpuriousCallback(
  elapsedSeconds: number,
  schedule: Schedule,
): number | undefined {
  const seconds = nextCheckIn(elapsedSeconds, schedule, true);
  return seconds && Math.min(seconds, Math.max(schedule.pollSeconds, MIN_CALLBACK_CHECK_SECONDS));
}

function intervalAt(elapsedSeconds: number, pollSeconds: number): number {
  if (elapsedSeconds < STEADY_UNTIL_SECONDS) return pollSeconds;
  if (elapsedSeconds < SLOW_UNTIL_SECONDS) return Math.max(pollSeconds, SLOW_SECONDS);
  return Math.max(pollSeconds, SLOWEST_SECONDS);
}

function callbackIntervalAt(elapsedSeconds: number, pollSeconds: number): number {
  const untilFirst = CALLBACK_FIRST_CHECK_SECONDS - elapsedSeconds;
  if (untilFirst > 0) return Math.max(pollSeconds, MIN_CALLBACK_CHECK_SECONDS, untilFirst);
  return Math.max(
    pollSeconds,
    elapsedSeconds < SLOW_UNTIL_SECONDS ? CALLBACK_CHECK_SECONDS : SLOWEST_SECONDS,
  );
}
