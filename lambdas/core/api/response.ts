import * as z from 'zod/mini';
import { shownSchema } from '../minimax/request-kind.ts';
import { PROBLEM_KINDS, TYPE_PREFIX } from './problem-types.ts';

const timeSchema = z.iso.datetime();

const VIDEO_STATUSES = [
  'queued',
  'generating',
  'copying',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
] as const;

/** The statuses in a list, as ListExecutions has them. A finer status would cost more calls for each video. */
export const LISTED_STATUSES = ['running', 'succeeded', 'failed', 'cancelled', 'timed_out'] as const;

/** A video in a response of the HTTPS API. Times are ISO 8601. It contains no ARN and no account id. */
export const videoSchema = z.object({
  video_id: z.string(),
  status: z.enum(VIDEO_STATUSES),
  created_at: timeSchema,
  finished_at: z.optional(timeSchema),
  elapsed_seconds: z.number().check(z.describe('Seconds from the request to the end, or until now.')),
  state: z.optional(
    z
      .string()
      .check(
        z.describe('The current state of the workflow, as in the execution history. Absent after the end.'),
      ),
  ),
  next_check_at: z.optional(
    timeSchema.check(z.describe('When MiniMax is asked next, at the latest. Absent where unknown.')),
  ),
  retrying: z.optional(
    z
      .object({ type: z.string(), title: z.string(), failed_tries: z.optional(z.number()) })
      .check(
        z.describe(
          'Why the current step is retried, and how many of its attempts have failed, where that is known. The types are those of error.',
        ),
      ),
  ),
  ...shownSchema,
  task_id: z.optional(z.string().check(z.describe('The task at MiniMax, once it exists.'))),
  polls: z.optional(z.number().check(z.describe('How many times MiniMax was asked about the task.'))),
  metadata: z.optional(z.record(z.string(), z.unknown())),
  video: z.optional(
    z.object({
      url: z
        .string()
        .check(
          z.describe(
            'A link to the MP4 that works until url_expires_at, for an hour at most. Each GET signs a new link.',
          ),
        ),
      url_expires_at: timeSchema,
      s3_uri: z.string(),
      bytes: z.number(),
      sha256: z.string().check(z.describe('Lower-case hexadecimal.')),
      content_type: z.string(),
    }),
  ),
  error: z.optional(
    z.object({
      type: z.string(),
      title: z.string(),
      detail: z.string().check(z.describe('What happened, what it cost, and what to do.')),
      money_spent: z.enum(['no', 'maybe', 'yes']),
      retry: z
        .enum(['same_key', 'new_request', 'adopt', 'never'])
        .check(
          z.describe(
            'What a program may do: send the request again with the same key, send a new request, adopt the task, or nothing until a person has checked.',
          ),
        ),
    }),
  ),
});

/** The response to `POST /videos`. */
export const acceptedVideoSchema = z.extend(videoSchema, {
  warnings: z.optional(z.array(z.string()).check(z.describe('What could not be checked.'))),
});

const listedVideoSchema = z.object({
  video_id: z.string(),
  status: z.enum(LISTED_STATUSES),
  created_at: timeSchema,
  finished_at: z.optional(timeSchema),
});

export const videoListSchema = z.object({
  videos: z.array(listedVideoSchema),
  next_cursor: z.optional(
    z.string().check(z.describe('The cursor of the next page. Absent on the last page.')),
  ),
});

export const uploadSchema = z.object({
  value: z.string().check(z.describe('The media input to send after the upload.')),
  upload: z.object({
    method: z.literal('PUT'),
    url: z.string(),
    headers: z.record(z.string(), z.string()).check(z.describe('Send them unchanged: they are signed.')),
    expires_at: timeSchema,
  }),
});

const PROBLEM_TYPES = Object.keys(PROBLEM_KINDS).map((kind) => `${TYPE_PREFIX}${kind}`);

/** An error response of the HTTPS API, as `application/problem+json` (RFC 9457). */
export const problemSchema = z.object({
  type: z.enum(PROBLEM_TYPES),
  title: z.string(),
  status: z.optional(z.number()),
  detail: z.optional(z.string()),
  errors: z.optional(
    z
      .array(z.object({ pointer: z.string().check(z.describe('RFC 6901')), detail: z.string() }))
      .check(z.describe('The wrong fields of the body.')),
  ),
  request_id: z.optional(z.string().check(z.describe('Quote it in a question to the operator.'))),
});

export type Video = Readonly<z.infer<typeof videoSchema>>;
export type VideoStatus = Video['status'];
export type AcceptedVideo = Readonly<z.infer<typeof acceptedVideoSchema>>;
export type ListedVideo = Readonly<z.infer<typeof listedVideoSchema>>;
export type VideoList = Readonly<z.infer<typeof videoListSchema>>;
export type Upload = Readonly<z.infer<typeof uploadSchema>>;
export type Problem = Readonly<z.infer<typeof problemSchema>>;
