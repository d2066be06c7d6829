import {
  claimOf,
  type ExecutionKey,
  type FoundRecord,
  isFinal,
  isHeldBy,
  isUnsent,
  type JobRecord,
  unreadable,
} from '../../core/job/job-record.ts';
import { keptRedrive } from '../../core/job/redrive.ts';
import { fixedPause, poll } from '../timing.ts';
import { type Claims, createClaims, toWaitEnd } from './claims.ts';
import { createJobDocuments, type JobDocuments, type JobObjects, type Step } from './job-documents.ts';

const POLL_MS = 1_000;

/** The result of a change of a job document. Another execution holds a `foreign` one. */
export type Updated<Document> =
  | { readonly kind: 'written'; readonly document: Document & Partial<JobRecord> }
  | { readonly kind: 'left' }
  | { readonly kind: 'foreign'; readonly record: JobRecord };

/**
 * `job.json` of each video: docs/protocol.md. Each write is conditional on what was read (`If-Match`, `If-None-Match`):
 *
 * | writer                    | when                                             | writes where it finds                                            |
 * |---------------------------|--------------------------------------------------|------------------------------------------------------------------|
 * | Submit task, `claimSubmit` | before it prepares its create                   | nothing, or its execution's claim that never began to send       |
 * | Submit task, `beginCreate` | right before it sends the create                | its own claim, without a task or an end                          |
 * | Submit task, `endCreate`  | after a create that was certainly not accepted   | its own mark                                                     |
 * | Submit task, `recordTask` | after a create that was accepted                 | nothing, or its execution's document, also with an end           |
 * | Adopt task, `claimAdopt`  | before it hands the task on                      | nothing, an unclaimed document, or the version that the sweep names |
 * | Copy video, `update`      | when the file is stored                          | nothing, or its execution's document without an end since it began |
 * | Record failure, `update`  | when a step has failed                           | as Copy video                                                    |
 * | `DELETE`, `update`        | when it has stopped the execution                | nothing, or its execution's document without a task or an end that counts |
 * | announcer, `update`       | when the execution has ended                     | nothing, or its execution's document without a later end         |
 * | announcer, `update`       | when it has put the event on EventBridge         | its execution's document with the announced end                  |
 * | announcer, `update`       | when the execution was redriven                  | its execution's document without an end of that redrive          |
 * | sweep, `update`           | when the execution of a bare claim is gone       | its execution's document without a task or an end                |
 */
export interface JobRecords extends Claims {
  /** @throws Failure `StorageUnavailable`, for a missing grant too */
  read(videoId: string, signal?: AbortSignal): Promise<FoundRecord>;
  /**
   * What this execution's document says. Waits for its task where a create may still be in progress.
   * @throws Failure `StorageUnavailable`
   */
  find(key: ExecutionKey, waitSeconds: number, signal: AbortSignal): Promise<FoundRecord>;
  /**
   * Writes what `change` makes of this execution's document, and of no other. The claim and the task stay.
   * @throws Failure `StorageUnavailable`
   */
  update<Document extends object>(
    key: ExecutionKey,
    change: (found: JobRecord | undefined) => Document | undefined,
  ): Promise<Updated<Document>>;
}

interface Options {
  readonly documents?: JobDocuments;
  /** Between two reads while the task of a create may still come. @default a second */
  readonly pollMs?: number;
}

export function createJobRecords(
  bucket: JobObjects,
  { documents = createJobDocuments(bucket), pollMs = POLL_MS }: Options = {},
): JobRecords {
  const { read, transact } = documents;
  return {
    ...createClaims(documents, pollMs),
    read,

    find(key, waitSeconds, signal) {
      const startedAt = Date.now();
      const isEnough = (found: FoundRecord): boolean => {
        const sentAt = found.kind === 'record' ? found.record.attempt?.sending_at : undefined;
        const isTimeOver = Date.now() >= toWaitEnd(sentAt, startedAt, waitSeconds);
        return isTimeOver || !mayGetTask(found, key);
      };
      const pause = fixedPause(pollMs);
      const attempts = Number.POSITIVE_INFINITY;
      return poll(() => read(key.video_id), { isEnough, attempts, pause, signal });
    },

    update: (key, change) => transact(key.video_id, (found) => toChange(found, key, change)),
  };
}

/** Is there nothing yet, or this execution's document without a task that an attempt of it may still write down? */
function mayGetTask(found: FoundRecord, key: ExecutionKey): boolean {
  if (found.kind !== 'record') return found.kind === 'absent';
  const { record } = found;
  const isShutOut = isFinal(record) && isUnsent(record, key);
  return isHeldBy(record, key) && record.task === undefined && !isShutOut;
}

/** @throws Failure `StorageUnavailable` for an object that is no job document */
function toChange<Document extends object>(
  found: FoundRecord,
  key: ExecutionKey,
  change: (found: JobRecord | undefined) => Document | undefined,
): Step<Updated<Document>> {
  if (found.kind === 'unreadable') throw unreadable(key.video_id);
  const record = found.kind === 'record' ? found.record : undefined;
  if (record !== undefined && !isHeldBy(record, key)) return { result: { kind: 'foreign', record } };
  const changed = change(record);
  if (changed === undefined) return { result: { kind: 'left' } };
  const document = record === undefined ? changed : withClaim(changed, record);
  return { write: document, toResult: () => ({ kind: 'written', document }) };
}

/**
 * Keeps the claim that is stored, and a task or a redrive that the writer does not know of. A step that continues after a stop does not
 * know how often its execution was redriven.
 */
function withClaim<Document extends object>(
  changed: Document,
  record: JobRecord,
): Document & Partial<JobRecord> {
  const end = changed as Partial<JobRecord>;
  const { task = record.task, redriven = keptRedrive(record, end) } = end;
  return { ...changed, redrives: redrivesOf(end, record), ...claimOf(record), task, redriven };
}

function redrivesOf({ status, redrives }: Partial<JobRecord>, { redriven }: JobRecord): number | undefined {
  const marked = status === undefined ? redriven?.redrive_count : undefined;
  return marked === undefined ? redrives : Math.max(redrives ?? 0, marked);
}
