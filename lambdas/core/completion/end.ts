import type { JobRecord } from '../job/job-record.ts';
import type { VideoRecord } from '../job/record-schema.ts';
import { asRecorded } from '../job/recorded-request.ts';
import { requestDigest } from '../job/request-digest.ts';
import { type Execution, isFinished, keyOf, requestOf } from '../video/execution.ts';
import { isEndEvent } from './history-stats.ts';

/** One of the two times may come without its fraction of a second. */
const TOLERANCE_MS = 999;

/** An end of an execution, as an event or a job document reports it. */
export interface ExecutionEndEvent {
  readonly name: string;
  /** Milliseconds since the epoch. @default unknown: any end that DescribeExecution shows is taken for this one */
  readonly stoppedAt?: number;
  /** How often it had been redriven before. @default 0 */
  readonly redrives?: number;
}

/** An execution that is over. */
export type Ended = Execution & { readonly stopDate: Date };

export function isEnded(execution: Execution): execution is Ended {
  return isFinished(execution) && execution.stopDate !== undefined;
}

/**
 * True once DescribeExecution and GetExecutionHistory reflect this end. Both lag behind the EventBridge event: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function isVisible({ stoppedAt, redrives = 0 }: ExecutionEndEvent, found: Execution): boolean {
  if (stoppedAt === undefined || found.redriveCount > redrives) return true;
  if (!isEnded(found) || found.stopDate.getTime() + TOLERANCE_MS < stoppedAt) return false;
  return found.status === 'SUCCEEDED' || isEndEvent(found.newestEvent);
}

/** Is this end announced, or a later one of the same execution? */
export function isAnnounced(record: JobRecord | undefined, stoppedAt: Date): boolean {
  const { announced_at, finished_at = '' } = record ?? {};
  return announced_at !== undefined && Date.parse(finished_at) >= stoppedAt.getTime();
}

/** The document after the event of this end. @returns undefined where it has another end by now */
export function withAnnouncement(
  found: JobRecord | undefined,
  { finished_at, redrives }: VideoRecord,
  now: Date,
): JobRecord | undefined {
  const isThisEnd = found?.finished_at === finished_at && found.redrives === redrives;
  return isThisEnd ? { ...found, announced_at: now.toISOString() } : undefined;
}

/** Two calls of Step Functions give the time of an end, and may differ in their fractions of a second. */
const EARLIER_MS = 1_000;

/**
 * What a stop writes into the job document before the end is announced. Its time is a little before the end, so that the
 * announcement replaces it.
 */
export function toStopped(ended: Ended): Omit<JobRecord, 'task' | 'attempt'> {
  const { request, owner } = requestOf(ended);
  return {
    ...keyOf(ended),
    owner,
    request_digest: requestDigest(request),
    request: asRecorded(request),
    redrives: ended.redriveCount,
    status: 'cancelled',
    finished_at: new Date(ended.stopDate.getTime() - EARLIER_MS).toISOString(),
  };
}
