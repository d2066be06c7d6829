import * as z from 'zod/mini';
import { Failure } from '../failure.ts';
import { jobKey } from '../storage-keys.ts';
import type { Job, JobTask } from './job.ts';
import { jobTaskSchema } from './job-schema.ts';

/** Identifies an execution. Its ARN alone does not, because the name is free again after 90 days. */
export type ExecutionKey = Pick<Job, 'video_id' | 'created_at' | 'execution_arn'>;

/** Which invocation of `Submit task` or `Adopt task` made the claim. */
const attempt = z.object({
  id: z.string().check(z.describe('Random, by which an invocation recognizes its own claim.')),
  redrive_count: z.int().check(z.minimum(0)),
  retry_count: z.int().check(z.minimum(0), z.describe("The state's RetryCount.")),
  sending_at: z.optional(
    z.iso
      .datetime()
      .check(
        z.describe(
          'When it was about to send its create. Absent before, and where MiniMax certainly did not accept the create.',
        ),
      ),
  ),
});

/** A redrive of the execution after the end in its document. */
export const redriveSchema = z.object({
  redrive_count: z
    .int()
    .check(z.minimum(1), z.describe('How often the execution had been redriven, this redrive included.')),
  at: z.iso.datetime().check(z.describe('When this was written down.')),
});

/** Who holds a job document. Every later write keeps these fields. */
export const claimFields = {
  execution_arn: z.string().check(z.describe('The execution that holds this document, with created_at.')),
  owner: z.optional(
    z
      .string()
      .check(
        z.describe(
          'Whose video it is, as in "iam AIDA…" or "key a1b2c3d4e5". Absent where an operator started it in the console.',
        ),
      ),
  ),
  request_digest: z.optional(
    z
      .string()
      .check(
        z.describe(
          'SHA-256 of the canonical JSON (RFC 8785) of the request, by which a replay is recognized.',
        ),
      ),
  ),
  attempt: z.optional(
    attempt.check(z.describe('The invocation that made the claim. Absent where there was no claim.')),
  ),
} as const;

/** The fields of `job.json` that every reader uses, from the claim to the end. It has those of the job document and of the end too. */
const jobRecord = z.looseObject({
  video_id: z.string(),
  created_at: z.iso.datetime(),
  ...claimFields,
  request: z.optional(z.unknown()),
  task: z.optional(jobTaskSchema),
  redrives: z.optional(z.number()),
  finished_at: z.optional(z.iso.datetime()),
  status: z.optional(z.enum(['succeeded', 'failed', 'cancelled', 'timed_out'])),
  video: z.optional(z.unknown()),
  announced_at: z.optional(z.iso.datetime()),
  redriven: z.optional(redriveSchema),
});

export type ClaimAttempt = Readonly<z.infer<typeof attempt>>;
export type Redrive = Readonly<z.infer<typeof redriveSchema>>;

/** A job document in the bucket, as far as every reader uses it. */
export interface JobRecord extends ExecutionKey {
  readonly owner?: string;
  readonly request_digest?: string;
  readonly attempt?: ClaimAttempt;
  readonly request?: unknown;
  readonly task?: JobTask;
  /** How often the execution had been redriven when it ended. */
  readonly redrives?: number;
  readonly finished_at?: string;
  /** Written by the announcer and by `DELETE`. An end without it comes from a step, and its execution is about to end. */
  readonly status?: 'succeeded' | 'failed' | 'cancelled' | 'timed_out';
  /** Present where a copy was stored. */
  readonly video?: unknown;
  /** When the event of this end was put on EventBridge. */
  readonly announced_at?: string;
  /** The newest redrive, which no later end has replaced yet. */
  readonly redriven?: Redrive;
}

/** What a reader of `job.json` finds. `version` is its entity tag (ETag), for `If-Match`. */
export type FoundRecord =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'record'; readonly record: JobRecord; readonly version: string };

/** A job document from the text of an object. @returns undefined for a text that is no job document, which is never taken for absence */
export function parseJobRecord(text: string): JobRecord | undefined {
  try {
    const parsed = z.safeParse(jobRecord, JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function isHeldBy(record: JobRecord, { execution_arn, created_at }: ExecutionKey): boolean {
  return record.execution_arn === execution_arn && Date.parse(record.created_at) === Date.parse(created_at);
}

const KEPT: readonly string[] = ['video_id', 'created_at', ...Object.keys(claimFields), 'task'];

/** The fields of a job document that every later write keeps. A field that is absent is absent here too. */
export function claimOf(record: JobRecord): Partial<JobRecord> {
  return Object.fromEntries(
    Object.entries(record).filter(([name, value]) => KEPT.includes(name) && value !== undefined),
  );
}

/** The cause names the key, because a person has to read the object. */
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

/** How long before its function a step may have been entered, with clocks that differ. */
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
export function recordedTask(record: JobRecord | undefined, key: ExecutionKey): JobTask | undefined {
  return record !== undefined && isHeldBy(record, key) ? record.task : undefined;
}

/** Does the document say that MiniMax has certainly accepted no create of its execution? */
export function isUnsent(record: JobRecord | undefined, key: ExecutionKey): record is JobRecord {
  if (record === undefined || !isHeldBy(record, key)) return false;
  return record.task === undefined && record.attempt?.sending_at === undefined;
}

/**
 * Does the document record an end, of a video that was made, that failed or that was stopped? The end counts for the protocol of
 * the create also after a redrive.
 */
export function isFinal({ finished_at }: { readonly finished_at?: string }): boolean {
  return finished_at !== undefined;
}
