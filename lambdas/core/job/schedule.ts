/** When to look at a task, all in seconds. */
export interface Schedule {
  readonly firstWaitSeconds: number;
  readonly pollSeconds: number;
  readonly giveUpAfterSeconds: number;
}

const STEADY_UNTIL_SECONDS = 10 * 60;
const SLOW_UNTIL_SECONDS = 30 * 60;
const SLOW_SECONDS = 30;
const SLOWEST_SECONDS = 5 * 60;

/** With a bell, most tasks have been heard of by then; the longest that anybody waits for a ring that does not come. */
const CALLBACK_FIRST_CHECK_SECONDS = 6 * 60;
const CALLBACK_CHECK_SECONDS = 2 * 60;
/** Between a ring that was too early and the late first look, or that showed nothing new and the next one. */
const MIN_CALLBACK_CHECK_SECONDS = 60;

/** Seconds between the create and the first look. @param isListening whether MiniMax's bell is listened to */
export function firstCheckIn(schedule: Schedule, hasCallbacks = false): number {
  if (!hasCallbacks) return schedule.firstWaitSeconds;
  return Math.max(schedule.firstWaitSeconds, CALLBACK_FIRST_CHECK_SECONDS);
}

/**
 * Seconds to wait before the next look at a task that we have waited for since `elapsedSeconds`, or `undefined` when it
 * is time to give up. Most tasks take 2 to 7 minutes and long ones 15, so the interval is steady that long and then grows.
 * Where the bell is listened to, looks are for the rings that did not come: a late first one, and then every two minutes.
 * The last look comes when the time is over, at most one interval later.
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

/** The same after a ring that showed nothing new: MiniMax may have rung before its own answers know of it. */
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
