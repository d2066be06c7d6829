import type { ExecutionKey, Redrive } from '../job/job-record.ts';
import type { ExecutionEndEvent } from './end.ts';

/** What EventBridge sends to `announce-video`: an execution has changed its status, or an hour is over. */
export interface TriggerEvent {
  readonly detail: StatusChange | Schedule;
}

/** Fields of "Step Functions Execution Status Change": https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
interface StatusChange {
  readonly name: string;
  readonly status?: string;
  readonly executionArn?: string;
  /** Milliseconds since the epoch. */
  readonly startDate?: number;
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

/** A redrive, and the execution that was redriven. */
export interface RedriveEvent {
  readonly key: ExecutionKey;
  readonly redriven: Redrive;
}

/** @returns undefined for the event of an end */
export function toRedriveEvent(change: StatusChange, now: Date): RedriveEvent | undefined {
  const { name, status, executionArn, startDate, redriveCount = 0 } = change;
  if (status !== 'RUNNING' || executionArn === undefined || startDate === undefined) return undefined;
  const key = { video_id: name, execution_arn: executionArn, created_at: new Date(startDate).toISOString() };
  return { key, redriven: { redrive_count: redriveCount, at: now.toISOString() } };
}

export function toEndEvent({ name, stopDate, redriveCount }: StatusChange): ExecutionEndEvent {
  return { name, stoppedAt: stopDate, redrives: redriveCount };
}

/** @returns undefined for the default */
export function toAdoptAfterMs({ adopt_after_seconds }: Schedule): number | undefined {
  return adopt_after_seconds === undefined ? undefined : adopt_after_seconds * 1000;
}
