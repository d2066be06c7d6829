import type { ExecutionEndEvent } from './end.ts';

/** What EventBridge sends to `announce-video`: an execution has changed its status, or an hour is over. */
export interface TriggerEvent {
  readonly detail: StatusChange | Schedule;
}

/** Fields of "Step Functions Execution Status Change": https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
interface StatusChange {
  readonly name: string;
  readonly stopDate?: number;
  readonly redriveCount?: number;
}

interface Schedule {
  readonly name?: undefined;
  /**
   * Seconds since the last change of an unfinished job document after which its task is adopted. A local service sets it to 0,
   * because no other service uses its objects. @default an hour
   */
  readonly adopt_after_seconds?: number;
}

export function toEndEvent({ name, stopDate, redriveCount }: StatusChange): ExecutionEndEvent {
  return { name, stoppedAt: stopDate, redrives: redriveCount };
}

/** @returns undefined for the default */
export function toAdoptAfterMs({ adopt_after_seconds }: Schedule): number | undefined {
  return adopt_after_seconds === undefined ? undefined : adopt_after_seconds * 1000;
}
