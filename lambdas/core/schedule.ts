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

/**
 * Seconds to wait before the next look at a task that we have waited for since `elapsedSeconds`, or `undefined` when it
 * is time to give up. Most tasks take 2 to 7 minutes and long ones 15, so the interval is steady that long and then grows.
 * The last look comes when the time is over, at most one interval later.
 */
export function nextCheckIn(elapsedSeconds: number, schedule: Schedule): number | undefined {
  if (elapsedSeconds >= schedule.giveUpAfterSeconds) return undefined;
  return intervalAt(elapsedSeconds, schedule.pollSeconds);
}

function intervalAt(elapsedSeconds: number, pollSeconds: number): number {
  if (elapsedSeconds < STEADY_UNTIL_SECONDS) return pollSeconds;
  if (elapsedSeconds < SLOW_UNTIL_SECONDS) return Math.max(pollSeconds, SLOW_SECONDS);
  return Math.max(pollSeconds, SLOWEST_SECONDS);
}
