import * as z from 'zod/mini';
import type { ExecutionInput } from './execution-input.ts';
import { Failure } from './failure.ts';
import type { Job, NewJob, SubmittedJob } from './job.ts';
import { isFinal, jobKey } from './job-key.ts';
import { asRecorded } from './recorded-request.ts';
import { NO_DIGEST, requestDigest } from './request-digest.ts';

/** The video whose job document lies there. @returns undefined for any other key */
export function videoIdOf(key: string): string | undefined {
  return /^videos\/([^/]+)\/job\.json$/.exec(key)?.[1];
}

/** What tells an execution from every other: its ARN is free again after 90 days. */
export type ExecutionKey = Pick<Job, 'video_id' | 'created_at' | 'execution_arn'>;

/** Which invocation of `Submit task` or `Adopt task` made the claim. */
const attempt = z.object({
  id: z.string().check(z.describe('Random, by which an invocation knows its own claim.')),
  redrive_count: z.int().check(z.minimum(0)),
  retry_count: z.int().check(z.minimum(0), z.describe("The state's RetryCount.")),
  sending_at: z.optional(
    z.iso
      .datetime()
      .check(
        z.describe(
          'When it was about to send its create; absent before, and where MiniMax certainly did not accept it.',
        ),
      ),
  ),
});

/** Who holds a job document; these fields stay through all that is written later. */
export const claimFields = {
  execution_arn: z.string().check(z.describe('The execution that holds this document, with created_at.')),
  owner: z.optional(
    z.string().check(z.describe('The caller whose video it is; absent where it was started in the console.')),
  ),
  request_digest: z.optional(
    z
      .string()
      .check(
        z.describe('SHA-256 of the canonical JSON (RFC 8785) of the request, by which a replay is told.'),
      ),
  ),
  attempt: z.optional(
    attempt.check(z.describe('The invocation that made the claim; absent where none ever did.')),
  ),
} as const;

/** What is read of every `job.json`, from the claim to the end. The fields of the job document and of the end lie beside. */
const jobRecord = z.looseObject({
  video_id: z.string(),
  created_at: z.iso.datetime(),
  ...claimFields,
  request: z.optional(z.unknown()),
  task: z.optional(
    z.object({
      task_id: z.string(),
      adopted: z.boolean(),
      waiting_since: z.iso.datetime(),
      trace_id: z.optional(z.string()),
      unconfirmed: z.optional(z.literal(true)),
    }),
  ),
  redrives: z.optional(z.number()),
  finished_at: z.optional(z.iso.datetime()),
  status: z.optional(z.enum(['succeeded', 'failed', 'cancelled', 'timed_out'])),
});

export type Attempt = Readonly<z.infer<typeof attempt>>;

/** A job document as it lies in the bucket, as far as every reader knows it. */
export interface JobRecord extends ExecutionKey {
  readonly owner?: string;
  readonly request_digest?: string;
  readonly attempt?: Attempt;
  readonly request?: unknown;
  readonly task?: SubmittedJob['task'];
  /** How often the execution had been redriven when it ended. */
  readonly redrives?: number;
  readonly finished_at?: string;
  readonly status?: 'succeeded' | 'failed' | 'cancelled' | 'timed_out';
}

/** What a reader of `job.json` finds; `version` is its entity tag. */
export type FoundRecord =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'record'; readonly record: JobRecord; readonly version: string };

/** A job document from the text of an object. @returns undefined where it is none: then it is neither absent nor anybody's */
export function parseJobRecord(text: string): JobRecord | undefined {
  try {
    const parsed = z.safeParse(jobRecord, JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** What `Submit task` and `Adopt task` write before anything else, and no other execution after them. */
export interface Claim extends ExecutionKey {
  readonly owner?: string;
  readonly request_digest: string;
  readonly attempt: Attempt;
  readonly request: unknown;
  /** There where it is known before: an adoption. */
  readonly task?: SubmittedJob['task'];
}

/**
 * The claim of one invocation. @param attemptId random
 * @throws Failure `InvalidRequest` for a request that has no canonical form, so that a replay of it could not be told
 */
export function toClaim(
  { video_id, created_at, execution_arn, redrives, retries }: Omit<NewJob, 'request'>,
  { owner, request }: Pick<ExecutionInput, 'owner' | 'request'>,
  attemptId: string,
): Claim {
  const digest = requestDigest(request);
  if (digest === undefined) throw new Failure('InvalidRequest', `The request is wrong: it ${NO_DIGEST}.`);
  return {
    video_id,
    created_at,
    execution_arn,
    ...(owner === undefined ? {} : { owner }),
    request_digest: digest,
    attempt: { id: attemptId, redrive_count: redrives, retry_count: retries },
    request: asRecorded(request),
  };
}

export function isHeldBy(record: JobRecord, { execution_arn, created_at }: ExecutionKey): boolean {
  return record.execution_arn === execution_arn && Date.parse(record.created_at) === Date.parse(created_at);
}

/** How `Submit task` goes on when it has read the job document. */
export type SubmitDecision =
  /** Write the claim, if the object still is as it was found. */
  | { readonly next: 'claim' }
  /** The claim is this invocation's own: it may prepare its create. */
  | { readonly next: 'prepare'; readonly version: string }
  | { readonly next: 'follow'; readonly task: SubmittedJob['task'] }
  /** A create may be under way or may have been sent: its task may still be written down. `sentAt` is when it was, if it was. */
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
    const isRedrive = claim.attempt.redrive_count > (earlier?.redrive_count ?? record.redrives ?? 0);
    if (!isRedrive) throw endedInDoubt();
  } else if (earlier?.id === claim.attempt.id) return { next: 'prepare', version };
  // Who has not begun to send finds its claim changed when it is about to, and sends nothing.
  const sentAt = earlier?.sending_at;
  const mayTakeOver = sentAt === undefined && isLater(claim.attempt, earlier);
  return mayTakeOver ? { next: 'claim' } : { next: 'wait', sentAt };
}

/** Does the workflow begin this attempt after that one? */
function isLater({ redrive_count, retry_count }: Attempt, earlier: Attempt | undefined): boolean {
  if (earlier === undefined || redrive_count > earlier.redrive_count) return true;
  return redrive_count === earlier.redrive_count && retry_count > earlier.retry_count;
}

/**
 * The document with the mark that this invocation is about to send its create, without which it must not.
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

/** How `Adopt task` goes on. Nothing is sent, so that its own execution may always go on. */
export type AdoptDecision =
  | { readonly next: 'claim' }
  | { readonly next: 'take over'; readonly record: JobRecord }
  | { readonly next: 'follow'; readonly record: JobRecord };

/**
 * The protocol of docs/protocol.md, for `Adopt task`.
 * @param takesOver the version of another execution's job document that the hourly sweep has found to be nobody's any more
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
  if (version === takesOver && isSameTask && !isFinal(record)) return { next: 'take over', record };
  throw heldByAnother(record);
}

/** What a claim leaves of a job document that it takes over: whose video it is, what was asked for, and the task. */
export function takenOver({ owner, request_digest, request, task }: JobRecord, claim: Claim): JobRecord {
  return {
    ...claim,
    request,
    ...(owner === undefined ? {} : { owner }),
    ...(request_digest === undefined ? {} : { request_digest }),
    ...(task === undefined ? {} : { task }),
  };
}

/** The fields of a job document that whatever is written later keeps. */
export function claimOf(record: JobRecord): Partial<JobRecord> {
  const { video_id, created_at, execution_arn, owner, request_digest, attempt: made, task } = record;
  return {
    video_id,
    created_at,
    execution_arn,
    ...(owner === undefined ? {} : { owner }),
    ...(request_digest === undefined ? {} : { request_digest }),
    ...(made === undefined ? {} : { attempt: made }),
    ...(task === undefined ? {} : { task }),
  };
}

/** The cause names the key, because a person has to look at the object. */
export function unreadable(videoId: string): Failure {
  return new Failure(
    'StorageUnavailable',
    `The object ${jobKey(videoId)} is not a job document, so nothing was sent, replayed or overwritten.`,
  );
}

export function heldByAnother({ execution_arn, created_at }: JobRecord): Failure {
  return new Failure(
    'VideoExistsAlready',
    `Another execution (${execution_arn}, started ${created_at}) holds this video, so nothing was sent.`,
  );
}

function endedInDoubt(): Failure {
  return new Failure(
    'SubmitOutcomeUnknown',
    'Another attempt has overtaken this one, or the execution has ended: this attempt sent nothing, but another may have.',
  );
}

/** A wait that can be ended before its time has to have some: https://states-language.net/#task-timeout */
const SHORTEST_WAIT_SECONDS = 1;

/** How long before its function a step may have been entered, by whichever clock. */
const LATE_START_MS = 60_000;

/**
 * True where the execution has ended since a step was entered. Lambda keeps running after StopExecution, so that a late step
 * must not overwrite the recorded end. A step that started more than a minute later belongs to a redrive, and may overwrite it.
 */
export function isOver(found: JobRecord | undefined, begunAt: Date): boolean {
  return endedAfter(found, begunAt.getTime() - LATE_START_MS);
}

/** Does the document record an end that is later than this? @param milliseconds since the epoch */
export function endedAfter(found: JobRecord | undefined, milliseconds: number): boolean {
  return found?.status !== undefined && Date.parse(found.finished_at ?? '') > milliseconds;
}

/** The task in a job document, if it is held by this execution. */
export function recordedTask(
  record: JobRecord | undefined,
  key: ExecutionKey,
): SubmittedJob['task'] | undefined {
  return record !== undefined && isHeldBy(record, key) ? record.task : undefined;
}

/** What `Submit task` hands on where its task was written down by an earlier attempt: the task is waited for anew. */
export function resumed(
  {
    redrives,
    retries: _retries,
    can_ring: _canRing,
    request,
    ...job
  }: NewJob & { readonly request: Job['request'] },
  task: SubmittedJob['task'],
  now: Date,
): SubmittedJob {
  return {
    ...job,
    request: asRecorded(request),
    task: { ...task, waiting_since: now.toISOString() },
    wait_seconds: SHORTEST_WAIT_SECONDS,
    redrives,
  };
}
