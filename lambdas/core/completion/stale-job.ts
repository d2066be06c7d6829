import { Failure } from '../failure.ts';
import type { JobRecord } from '../job/job-record.ts';
import { toFailedJob } from '../record-failure/explain.ts';
import { STATES } from '../states.ts';
import type { Ended } from './end.ts';
import type { ExecutionStats } from './history-stats.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

/** Longer than `Submit task` may run: behind it, nobody writes down the task of a claim any more. */
export const CLAIM_LIMIT_MS = 5 * MINUTE_MS;
/** Step Functions may show late what it has started, and a state machine that is being deleted ends its executions late. */
export const ADOPT_AFTER_MS = HOUR_MS;
/** An execution runs for at most 96 hours, so that its document changes at least that often. */
export const OLDEST_MS = 7 * 24 * HOUR_MS;

/** An end that is younger is being announced in the ordinary way; one that is older was looked at six times. */
const YOUNGEST_END_MS = 5 * MINUTE_MS;
const OLDEST_END_MS = 6 * HOUR_MS;

/** May nobody have heard of the end in a document, and is it worth a look? @param ageMs since the document was last changed */
export function mayBeMissed(ageMs: number): boolean {
  return ageMs > YOUNGEST_END_MS && ageMs < OLDEST_END_MS;
}

/** The history of an execution that Step Functions has forgotten. */
export const NO_HISTORY: ExecutionStats = { transitions: 0, isWhole: true, stays: {} };

/** What is to become of a job document without an end whose execution is gone. */
export type Rescue = 'adopt' | 'end' | 'wait';

/** @param ageMs since the document was last changed. @param adoptAfterMs how old it has to be for its task to be adopted */
export function toRescue({ task }: JobRecord, ageMs: number, adoptAfterMs: number): Rescue {
  if (task !== undefined) return ageMs >= adoptAfterMs ? 'adopt' : 'wait';
  return ageMs >= CLAIM_LIMIT_MS ? 'end' : 'wait';
}

/**
 * The execution of a bare claim as if it had failed: nobody knows whether its create was accepted.
 * @param modifiedAt of the document, so that each try to announce this end tells the same time
 */
export function toForgotten(record: JobRecord, modifiedAt: Date): Ended {
  const now = new Date(modifiedAt.getTime() + CLAIM_LIMIT_MS);
  const { video_id, created_at, execution_arn, request, attempt } = record;
  const redriveCount = attempt?.redrive_count ?? 0;
  const { name, message } = new Failure(
    'SubmitOutcomeUnknown',
    'The execution is gone, and it had claimed this video without writing down a task.',
  );
  const error = { Error: name, Cause: message };
  const job = { video_id, created_at, execution_arn, request, error } as Parameters<
    typeof toFailedJob
  >[0]['job'];
  const evidence = { video_id, created_at, execution_arn, redrives: redriveCount, job, recorded: record };
  const { error: told } = toFailedJob(evidence, now);
  return {
    arn: execution_arn,
    name: video_id,
    status: 'FAILED',
    startDate: new Date(created_at),
    stopDate: now,
    redriveCount,
    input: request,
    stateName: STATES.submitTask,
    error: told.Error,
    cause: told.Cause,
    recorded: record,
  };
}
