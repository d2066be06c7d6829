import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ProblemError, videoNotFound } from '../../core/api/problem.ts';
import type { Video } from '../../core/api/response.ts';
import { mayUse, type Visibility } from '../../core/api/visibility.ts';
import { toExecutionInput } from '../../core/job/execution-input.ts';
import { type FoundRecord, isHeldBy, type JobRecord, unreadable } from '../../core/job/job-record.ts';
import { hasEnded as isRecordOver } from '../../core/job/redrive.ts';
import { requestDigest } from '../../core/job/request-digest.ts';
import { isExecutionName } from '../../core/job/video-id.ts';
import { type Execution, isFinished, keyOf } from '../../core/video/execution.ts';
import { isComplete, recordedObject, toRecordedVideo } from '../../core/video/recorded-video.ts';
import { deletedAt, type StoredFile } from '../../core/video/stored-file.ts';
import { isTaskUnknown, storedVideo, toVideo } from '../../core/video/video.ts';
import type { Bucket } from '../aws/bucket.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';
import { requireOwner } from '../lambda/owner.ts';

/** A video that exists: with its execution, or with its job document alone where that is complete or its execution is deleted. */
export type KnownVideo =
  | { readonly by: 'execution'; readonly execution: Execution }
  | { readonly by: 'record'; readonly record: JobRecord };

export interface Videos {
  /**
   * Reads the job document first. Where it is complete, Step Functions is not asked: DescribeExecution takes about 15 calls a second.
   * @param isVisible for a video of this owner. A document that cannot be read is no error where the execution shows that it is another's
   * @throws Failure `StorageUnavailable` where the job document is needed and cannot be read
   */
  find(videoId: string, isVisible?: IsVisible): Promise<KnownVideo | undefined>;
  /** The video of an execution. @throws Failure `StorageUnavailable` as `find` does */
  of(execution: Execution): Promise<KnownVideo>;
  /** The video in the path of a request. @throws ProblemError where the sender may see none of this id, and what `find` throws */
  named(event: APIGatewayProxyEvent): Promise<KnownVideo>;
  /** The answer for a caller, with a new link where the file is stored, and without one where it was deleted. */
  show(known: KnownVideo, now: Date): Promise<Video>;
}

type IsVisible = (owner: string | undefined) => boolean;

interface Dependencies {
  readonly executions: Pick<Executions, 'find'>;
  readonly records: Pick<JobRecords, 'read'>;
  readonly bucket: Pick<Bucket, 'signLink' | 'isGone'>;
  readonly visibility: Visibility;
  /** Days for which a file is kept. @default for ever */
  readonly retentionDays?: number;
}

/** A bucket that does not answer must not keep a running video from being shown. Less than the function's timeout. */
const READ_MS = 5_000;

/** Without an answer within this time, the file counts as stored. */
const HEAD_MS = 3_000;

export function createVideos(dependencies: Dependencies): Videos {
  const { executions, records, bucket, visibility, retentionDays } = dependencies;

  async function find(videoId: string, isVisible: IsVisible = () => true): Promise<KnownVideo | undefined> {
    const read = await records.read(videoId, AbortSignal.timeout(READ_MS)).catch(toUnread);
    const document = read.kind === 'record' ? read.record : undefined;
    if (document !== undefined && isComplete(document)) return { by: 'record', record: document };
    const execution = await executions.find(videoId);
    if (execution !== undefined)
      return toKnown(execution, async () => requireRead(videoId, read)).catch((error: unknown) => {
        if (isVisible(toExecutionInput(execution.input).owner)) throw error;
        return undefined;
      });
    const record = requireRead(videoId, read);
    return record && { by: 'record', record };
  }

  /** @param storedAt when it was stored, at the latest */
  async function fileOf(key: string, storedAt: Date, now: Date): Promise<StoredFile> {
    const isGone = bucket.isGone(key, AbortSignal.timeout(HEAD_MS));
    const [link, isDeleted] = await Promise.all([bucket.signLink(key, now), isGone]);
    return isDeleted ? { deletedAt: deletedAt({ storedAt, retentionDays, now }) } : link;
  }

  return {
    find,
    of: (execution) =>
      toKnown(execution, async () => requireRead(execution.name, await records.read(execution.name))),

    async named(event) {
      const videoId = event.pathParameters?.video_id ?? '';
      const caller = requireOwner(event);
      const isVisible: IsVisible = (owner) => mayUse(visibility, caller, owner);
      const known = isExecutionName(videoId) ? await find(videoId, isVisible) : undefined;
      if (known === undefined || !isVisible(ownerOfVideo(known)))
        throw new ProblemError(videoNotFound(videoId));
      return known;
    },

    async show(known, now) {
      const stored = known.by === 'record' ? recordedObject(known.record) : storedVideo(known.execution);
      const file = stored && (await fileOf(stored.key, endOf(known) ?? now, now));
      return known.by === 'record'
        ? toRecordedVideo(known.record, now, file)
        : toVideo(known.execution, now, file);
    },
  };
}

type ReadRecord = FoundRecord | { readonly kind: 'unread'; readonly why: unknown };

function toUnread(why: unknown): ReadRecord {
  return { kind: 'unread', why };
}

/** @returns undefined where there is no document. @throws Failure `StorageUnavailable` where it could not be read */
function requireRead(videoId: string, read: ReadRecord): JobRecord | undefined {
  if (read.kind === 'unread') throw read.why;
  if (read.kind === 'unreadable') throw unreadable(videoId);
  return read.kind === 'absent' ? undefined : read.record;
}

/** @param readRecord is called only where the job document is needed */
async function toKnown(
  execution: Execution,
  readRecord: () => Promise<JobRecord | undefined>,
): Promise<KnownVideo> {
  if (!needsRecord(execution)) return { by: 'execution', execution };
  const record = await readRecord();
  if (record === undefined) return { by: 'execution', execution };
  const isAnothers = execution.error === 'VideoExistsAlready' && !isHeldBy(record, keyOf(execution));
  return isAnothers
    ? { by: 'record', record }
    : { by: 'execution', execution: { ...execution, recorded: record } };
}

export function idOf(known: KnownVideo): string {
  return known.by === 'record' ? known.record.video_id : known.execution.name;
}

/** Whose video it is. @returns undefined for one that was started in the console */
export function ownerOfVideo(known: KnownVideo): string | undefined {
  return known.by === 'record' ? known.record.owner : toExecutionInput(known.execution.input).owner;
}

export function hasEnded(known: KnownVideo): boolean {
  return known.by === 'record' ? isRecordOver(known.record) : isFinished(known.execution);
}

function endOf(known: KnownVideo): Date | undefined {
  if (known.by === 'execution') return known.execution.stopDate;
  const { finished_at } = known.record;
  return finished_at === undefined ? undefined : new Date(finished_at);
}

/** The digest that a repeated request must have. @returns undefined where neither the document nor the execution has one */
export function digestOf(known: KnownVideo): string | undefined {
  if (known.by === 'record') return known.record.request_digest;
  const { input, recorded } = known.execution;
  return recorded?.request_digest ?? requestDigest(toExecutionInput(input).request);
}

/** Only the document has the task of a stopped execution, the request of a takeover, and the execution that holds the video. */
function needsRecord(execution: Execution): boolean {
  return hasTakenOver(execution) || execution.error === 'VideoExistsAlready' || isTaskUnknown(execution);
}

function hasTakenOver({ input }: Execution): boolean {
  return toExecutionInput(input).takes_over !== undefined;
}
