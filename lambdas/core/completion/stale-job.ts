import { Failure } from '../failure.ts';
import type { JobRecord } from '../job/job-record.ts';
import { toFailedJob } from '../record-failure/explain.ts';
import { STATES } from '../states.ts';
import type { Ended } from './end.ts';
import type { ExecutionStats } from './history-stats.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

/** Longer than `Submit task` may run: after it, no function writes down the task of a claim. */
export const CLAIM_LIMIT_MS = 5 * MINUTE_MS;
/** Step Functions may show a new execution late, and a state machine that is being deleted ends its executions late. */
export const ADOPT_AFTER_MS = HOUR_MS;
/** An execution runs for at most 96 hours, so that its document changes at least that often. */
export const OLDEST_MS = 7 * 24 * HOUR_MS;

/** EventBridge announces a younger end. The hourly sweep has tried six times to announce an older one. */
const MIN_END_AGE_MS = 5 * MINUTE_MS;
const MAX_END_AGE_MS = 6 * HOUR_MS;
/** Each hour in which a video is compared costs a read. `npm run reindex` finds what is older. */
const MAX_COMPARED_AGE_MS = 48 * HOUR_MS;

/** Was the document changed so lately that its writer may not have written the table yet? @param ageMs since then */
export function isFresh(ageMs: number): boolean {
  return ageMs < MIN_END_AGE_MS;
}

/** Is it the time in which the hourly sweep compares a document with the table? @param ageMs since the document was last changed */
export function isCompared(ageMs: number): boolean {
  return ageMs < MAX_COMPARED_AGE_MS;
}

/** May the end in a document not have been announced? @param ageMs since the document was last changed */
export function mayBeMissed(ageMs: number): boolean {
  return ageMs > MIN_END_AGE_MS && ageMs < MAX_END_AGE_MS;
}

/** The history of an execution that Step Functions has forgotten. */
export const NO_HISTORY: ExecutionStats = { transitions: 0, isComplete: true, durations: {} };

/** What to do with a job document that has no end, where its execution is gone. */
export type Rescue = 'adopt' | 'end' | 'wait';

/** @param ageMs since the document was last changed. @param adoptAfterMs how old it has to be for its task to be adopted */
export function toRescue({ task }: JobRecord, ageMs: number, adoptAfterMs: number): Rescue {
  if (task !== undefined) return ageMs >= adoptAfterMs ? 'adopt' : 'wait';
  return ageMs >= CLAIM_LIMIT_MS ? 'end' : 'wait';
}

/**
 * The execution of a bare claim, as one that has failed: it is unknown whether its create was accepted.
 * @param modifiedAt of the document, so that each attempt to announce this end names one time
 */
export function toForgotten(record: JobRecord, modifiedAt: Date): Ended {
  const now = new Date(modifiedAt.getTime() + CLAIM_LIMIT_MS);
  const { video_id, created_at, execution_arn, request, attempt, redriven } = record;
  const redriveCount = Math.max(attempt?.redrive_count ?? 0, redriven?.redrive_count ?? 0);
  const { name, message } = new Failure(
    'SubmitOutcomeUnknown',
    'The execution is gone, and it had claimed this video without writing down a task.',
  );
  const error = { Error: name, Cause: message };
  const key = { video_id, created_at, execution_arn };
  const job = { ...key, request, error };
  const failed = toFailedJob({ ...key, redrives: redriveCount, job, recorded: record }, now);
  return {
    arn: execution_arn,
    name: video_id,
    status: 'FAILED',
    startDate: new Date(created_at),
    stopDate: now,
    redriveCount,
    input: request,
    stateName: STATES.submitTask,
    error: failed.error.Error,
    cause: failed.error.Cause,
    recorded: record,
  };
}
