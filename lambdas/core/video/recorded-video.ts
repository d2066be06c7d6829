import * as z from 'zod/mini';
import type { Video } from '../api/response.ts';
import type { StoredVideo } from '../job/job.ts';
import type { JobRecord } from '../job/job-record.ts';
import { recordedErrorSchema, shown, storedVideoSchema } from '../job/job-schema.ts';
import { hasEnded } from '../job/redrive.ts';
import { shownField } from '../minimax/request-kind.ts';
import { toStop } from './error.ts';
import { type StoredFile, toFileFields } from './stored-file.ts';
import { secondsBetween } from './video.ts';

/** The fields of a job document that a caller sees. */
const shownFields = z.object({
  request: z.catch(z.looseObject({ metadata: shown(z.record(z.string(), z.unknown())) }), {}),
  check: shown(z.object({ polls: z.number(), status: shown(z.string()) })),
  video: shown(storedVideoSchema),
  error: shown(recordedErrorSchema),
});

type Shown = z.infer<typeof shownFields>;

/**
 * Does the document alone say all that Step Functions would say of this video? The announcer has written such an end, and the
 * request in it is not cut short. A step writes its end while its execution still runs, so that the end may yet change.
 */
export function isComplete(record: JobRecord): boolean {
  const { status, request } = record;
  if (!hasEnded(record) || status === undefined) return false;
  const { video, error } = z.parse(shownFields, record);
  const isWhole = typeof request === 'object' && request !== null;
  return isWhole && (status === 'succeeded' ? video : error) !== undefined;
}

/**
 * The video of a job document that is complete, or whose execution Step Functions does not know.
 * @param file needed for a video that was stored
 */
export function toRecordedVideo(record: JobRecord, now: Date, file?: StoredFile): Video {
  const { video_id, created_at, task } = record;
  const finished_at = hasEnded(record) ? record.finished_at : undefined;
  const fields = z.parse(shownFields, record);
  const { request, check } = fields;
  const status = statusOf(record, fields);
  const video = status === 'succeeded' ? fields.video : undefined;
  return {
    video_id,
    status,
    created_at: new Date(created_at).toISOString(),
    finished_at,
    elapsed_seconds: secondsBetween(
      new Date(created_at),
      finished_at === undefined ? now : new Date(finished_at),
    ),
    ...shownField(request),
    task_id: task?.task_id,
    polls: check?.polls,
    metadata: request.metadata,
    ...toFileFields(video, file),
    error: finished_at === undefined ? undefined : errorOf(record, fields),
  };
}

/** The object in which the video of a job document is stored, if it is. */
export function recordedObject(record: JobRecord): StoredVideo | undefined {
  const fields = z.parse(shownFields, record);
  return statusOf(record, fields) === 'succeeded' ? fields.video : undefined;
}

/** A step records its end before the announcer adds the status. */
function statusOf(record: JobRecord, { error }: Shown): Video['status'] {
  const { status, task } = record;
  if (!hasEnded(record)) return task === undefined ? 'queued' : 'generating';
  return status ?? (error === undefined ? 'succeeded' : 'failed');
}

/** A late function may still write down a task, or that nothing was sent, after its execution was stopped. */
function errorOf(record: JobRecord, { request, check, error }: Shown): Video['error'] {
  const { status, task } = record;
  if (status !== 'cancelled' && status !== 'timed_out') return error && toVideoError(error);
  const by = status === 'cancelled' ? 'person' : 'time limit';
  return toStop({ by, request, key: record, recorded: record, task, check });
}

function toVideoError({
  Error: type,
  Cause: detail,
  title,
  money_spent,
  retry,
}: NonNullable<Shown['error']>) {
  return { type, title, detail, money_spent, retry };
}
