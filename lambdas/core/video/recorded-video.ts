import * as z from 'zod/mini';
import type { Video } from '../api/response.ts';
import type { StoredVideo } from '../job/job.ts';
import type { JobRecord } from '../job/job-record.ts';
import { shownField } from '../minimax/request-kind.ts';
import { type SignedLink, toStored } from './video.ts';

/** The fields of a job document that are shown to a caller. One that is not as it should be is left out: nothing depends on it. */
const shownFields = z.object({
  request: z.catch(
    z.looseObject({
      metadata: z.catch(z.optional(z.record(z.string(), z.unknown())), undefined),
    }),
    {},
  ),
  check: z.catch(z.optional(z.object({ polls: z.number() })), undefined),
  video: z.catch(
    z.optional(
      z.object({
        bucket: z.string(),
        key: z.string(),
        bytes: z.number(),
        sha256: z.string(),
        content_type: z.string(),
        seconds: z.number(),
        attempts: z.number(),
        resumes: z.number(),
      }),
    ),
    undefined,
  ),
  error: z.catch(
    z.optional(
      z.object({
        Error: z.string(),
        Cause: z.string(),
        title: z.string(),
        money_spent: z.enum(['no', 'maybe', 'yes']),
        retry: z.enum(['same_key', 'new_request', 'adopt', 'never']),
      }),
    ),
    undefined,
  ),
});

type Shown = z.infer<typeof shownFields>;

/** The video of a job document, where Step Functions does not know its execution. @param link needed for a stored video */
export function toRecordedVideo(record: JobRecord, now: Date, link?: SignedLink): Video {
  const { video_id, created_at, finished_at, task } = record;
  const shown = z.parse(shownFields, record);
  const { request, check, video, error } = shown;
  return {
    video_id,
    status: statusOf(record, shown),
    created_at,
    ...(finished_at === undefined ? {} : { finished_at }),
    elapsed_seconds: secondsBetween(created_at, finished_at ?? now.toISOString()),
    ...shownField(request),
    ...(task === undefined ? {} : { task_id: task.task_id }),
    ...(check === undefined ? {} : { polls: check.polls }),
    ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    ...(video === undefined || link === undefined ? {} : { video: toStored(video, link) }),
    ...(error === undefined || finished_at === undefined ? {} : { error: toVideoError(error) }),
  };
}

/** The object in which the video of a job document is stored, if it is. */
export function recordedObject(record: JobRecord): StoredVideo | undefined {
  const shown = z.parse(shownFields, record);
  return statusOf(record, shown) === 'succeeded' ? shown.video : undefined;
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

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}
