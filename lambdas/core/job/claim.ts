import { invalidRequest } from '../api/request.ts';
import { Failure } from '../failure.ts';
import type { ValidationIssue } from '../json/pointer.ts';
import { unsupportedValues } from '../json/unsupported-values.ts';
import type { ExecutionInput } from './execution-input.ts';
import type { JobTask, NewJob } from './job.ts';
import {
  type ClaimAttempt,
  type ExecutionKey,
  type FoundRecord,
  heldByAnother,
  isFinal,
  isHeldBy,
  type JobRecord,
  unreadable,
} from './job-record.ts';
import { asRecorded } from './recorded-request.ts';
import { hasEnded } from './redrive.ts';
import { NO_DIGEST, requestDigest } from './request-digest.ts';

/** What `Submit task` and `Adopt task` write before anything else. No other execution writes the document after that. */
export interface Claim extends ExecutionKey {
  readonly owner?: string;
  readonly request_digest: string;
  readonly attempt: ClaimAttempt;
  readonly request: unknown;
  /** Present at the start in an adoption only. */
  readonly task?: JobTask;
}

/**
 * The claim of one invocation. @param attemptId random
 * @throws Failure `InvalidRequest` for a request that has no canonical form, so that a replay of it could not be recognized
 */
export function toJobClaim(
  { video_id, created_at, execution_arn, redrives, retries }: Omit<NewJob, 'request'>,
  { owner, request }: Pick<ExecutionInput, 'owner' | 'request'>,
  attemptId: string,
): Claim {
  const digest = requestDigest(request);
  if (digest === undefined) throw invalidRequest(undigested(request));
  return {
    video_id,
    created_at,
    execution_arn,
    owner,
    request_digest: digest,
    attempt: { id: attemptId, redrive_count: redrives, retry_count: retries },
    request: asRecorded(request),
  };
}

function undigested(request: unknown): readonly ValidationIssue[] {
  const places = unsupportedValues(request);
  return places.length === 0 ? [{ pointer: '', detail: NO_DIGEST }] : places;
}

/** What `Submit task` does once it has read the job document. */
export type SubmitDecision =
  /** Write the claim, if the object has not changed since it was read. */
  | { readonly next: 'claim' }
  /** The claim is this invocation's own: it may prepare its create. */
  | { readonly next: 'prepare'; readonly version: string }
  | { readonly next: 'follow'; readonly task: JobTask }
  /** A create may be in progress or may have been sent, so that its task may still be written down. `sentAt` is absent before it is sent. */
  | { readonly next: 'wait'; readonly sentAt?: string };

/**
 * The protocol of docs/protocol.md, for `Submit task`: who may send the one create.
 * @throws Failure `VideoExistsAlready`, `StorageUnavailable` or `SubmitOutcomeUnknown`
 */
export function decideSubmit(claim: Claim, found: FoundRecord): SubmitDecision {
  if (found.kind === 'absent') return { next: 'claim' };
  if (found.kind === 'unreadable') throw unreadable(claim.video_id);
  const { record, version } = found;
  if (!isHeldBy(record, claim)) throw heldByAnother(record);
  if (record.task !== undefined) return { next: 'follow', task: record.task };
  const { attempt: earlier } = record;
  if (isFinal(record)) {
    // An end may be of a later redrive than the claim: that redrive was stopped before it made a claim of its own.
    const ended = Math.max(earlier?.redrive_count ?? 0, record.redrives ?? 0);
    if (claim.attempt.redrive_count <= ended) throw endedInDoubt();
  } else if (earlier?.id === claim.attempt.id) return { next: 'prepare', version };
  // An attempt that has not begun to send finds its claim changed, and sends nothing.
  const sentAt = earlier?.sending_at;
  const mayTakeOver = sentAt === undefined && isLater(claim.attempt, earlier);
  return mayTakeOver ? { next: 'claim' } : { next: 'wait', sentAt };
}

/** Does the workflow begin this attempt after the earlier one? */
function isLater({ redrive_count, retry_count }: ClaimAttempt, earlier: ClaimAttempt | undefined): boolean {
  if (earlier === undefined || redrive_count > earlier.redrive_count) return true;
  return redrive_count === earlier.redrive_count && retry_count > earlier.retry_count;
}

/**
 * The document with the mark that this invocation is about to send its create. Without the mark, it must not send it.
 * @param claim with the mark
 * @throws Failure `SubmitOutcomeUnknown` where the claim is no longer its own: the execution has ended, or a later attempt has taken over.
 *   `StorageUnavailable` for what is no job document
 */
export function withSending(claim: Claim, found: FoundRecord): JobRecord {
  if (found.kind === 'unreadable') throw unreadable(claim.video_id);
  const isOwn = found.kind === 'record' && found.record.attempt?.id === claim.attempt.id;
  if (!isOwn || isFinal(found.record) || found.record.task !== undefined) throw endedInDoubt();
  return { ...found.record, attempt: claim.attempt };
}

/** What `Adopt task` does. It sends nothing, so an execution may always take up its own document. */
export type AdoptDecision =
  | { readonly next: 'claim' }
  | { readonly next: 'take over'; readonly record: JobRecord }
  | { readonly next: 'follow'; readonly record: JobRecord };

/**
 * The protocol of docs/protocol.md, for `Adopt task`.
 * @param takesOver the version of the job document of another execution, which the hourly sweep has found to be gone
 * @throws Failure `VideoExistsAlready` or `StorageUnavailable`
 */
export function decideAdopt(claim: Claim, found: FoundRecord, takesOver: string | undefined): AdoptDecision {
  if (found.kind === 'absent') return { next: 'claim' };
  if (found.kind === 'unreadable') throw unreadable(claim.video_id);
  const { record, version } = found;
  if (isHeldBy(record, claim)) {
    return record.attempt === undefined ? { next: 'claim' } : { next: 'follow', record };
  }
  const isSameTask = record.task !== undefined && record.task.task_id === claim.task?.task_id;
  if (version === takesOver && isSameTask && !hasEnded(record)) return { next: 'take over', record };
  throw heldByAnother(record);
}

/** The job document after a claim takes it over. It keeps whose video it is, what was asked for, and the task. */
export function takenOver(record: JobRecord, claim: Claim): JobRecord {
  return {
    ...claim,
    request: record.request,
    owner: record.owner ?? claim.owner,
    request_digest: record.request_digest ?? claim.request_digest,
    task: record.task ?? claim.task,
  };
}

function endedInDoubt(): Failure {
  return new Failure(
    'SubmitOutcomeUnknown',
    'Another attempt has overtaken this one, or the execution has ended: this attempt sent nothing, but another may have.',
  );
}
