import * as z from 'zod/mini';
import { DETAIL_TYPES, EVENT_SOURCE } from './completion/video-event.ts';
import { announcedRecord, videoRecord } from './job/record-schema.ts';

export { DETAIL_TYPES, EVENT_SOURCE };

/** `job.json` of a video that has ended. Times are ISO 8601, prices US dollars. */
export const videoRecordSchema = videoRecord;

/** The detail of an event: `job.json` without what only the service uses. */
export const videoEventDetailSchema = announcedRecord;

/**
 * `Video Ready` and `Video Failed` as EventBridge delivers them:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export const videoEventSchema = z.object({
  version: z.literal('0'),
  id: z
    .string()
    .check(
      z.describe('The id of this delivery. video_id and finished_at together identify the end of a video.'),
    ),
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.enum(DETAIL_TYPES),
  account: z.string(),
  region: z.string(),
  time: z.iso.datetime(),
  resources: z
    .array(z.string())
    .check(z.describe('The ARN of the state machine, by which services that share a bus differ.')),
  detail: announcedRecord,
});

export type VideoRecord = Readonly<z.infer<typeof videoRecordSchema>>;
export type VideoEventDetail = Readonly<z.infer<typeof videoEventDetailSchema>>;
export type VideoEvent = Readonly<z.infer<typeof videoEventSchema>>;
