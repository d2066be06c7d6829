import * as z from 'zod/mini';
import type { Video } from '../api/response.ts';
import type { StoredVideo } from '../job/job.ts';
import type { JobRecord } from '../job/job-record.ts';
import { recordedErrorSchema, shown, storedVideoSchema } from '../job/job-schema.ts';
import { shownField } from '../minimax/request-kind.ts';
import { type SignedLink, secondsBetween, toStored } from './video.ts';

/** The fields of a job document that a caller sees. */
const shownFields = z.object({
  request: z.catch(z.looseObject({ metadata: shown(z.record(z.string(), z.unknown())) }), {}),
  check: shown(z.object({ polls: z.number() })),
  video: shown(storedVideoSchema),
  error: shown(recordedErrorSchema),
});

type Shown = z.infer<typeof shownFields>;

/** The video of a job document, where Step Functions does not know its execution. @param link needed for a stored video */
export function toRecordedVideo(record: JobRecord, now: Date, link?: SignedLink): Video {
  const { video_id, created_at, finished_at, task } = record;
  const fields = z.parse(shownFields, record);
  const { request, check, video, error } = fields;
  return {
    video_id,
    status: statusOf(record, fields),
    created_at,
    finished_at,
    elapsed_seconds: secondsBetween(
      new Date(created_at),
      finished_at === undefined ? now : new Date(finished_at),
    ),
    ...shownField(request),
    task_id: task?.task_id,
    polls: check?.polls,
    metadata: request.metadata,
    video: video && link && toStored(video, link),
    error: error && finished_at !== undefined ? toVideoError(error) : undefined,
  };
}

/** The object in which the video of a job document is stored, if it is. */
export function recordedObject(record: JobRecord): StoredVideo | undefined {
  const fields = z.parse(shownFields, record);
  return statusOf(record, fields) === 'succeeded' ? fields.video : undefined;
}

/** A step records its end before the announcer adds the status. */
function statusOf({ status, finished_at, task }: JobRecord, { error }: Shown): Video['status'] {
  if (finished_at === undefined) return task === undefined ? 'queued' : 'generating';
  return status ?? (error === undefined ? 'succeeded' : 'failed');
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
