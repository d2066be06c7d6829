import * as z from 'zod/mini';
import { shownSchema } from '../minimax/request-kind.ts';
import { PROBLEM_KINDS, TYPE_PREFIX } from './problem-types.ts';

const time = z.iso.datetime();

const VIDEO_STATUSES = [
  'queued',
  'generating',
  'copying',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
] as const;

/** What a list can tell of a video: Step Functions names no more, and to ask for each would be too much for it. */
export const LISTED_STATUSES = ['running', 'succeeded', 'failed', 'cancelled', 'timed_out'] as const;

/** A video as our HTTPS API answers it. Times are ISO 8601; neither an ARN nor an account id is in it. */
export const video = z.object({
  video_id: z.string(),
  status: z.enum(VIDEO_STATUSES),
  created_at: time,
  finished_at: z.optional(time),
  elapsed_seconds: z.number().check(z.describe('From the request to the end, or until now.')),
  state: z.optional(
    z.string().check(z.describe("The workflow's state, as in the execution history, until it has ended.")),
  ),
  next_check_at: z.optional(
    time.check(z.describe('When MiniMax will be asked next, at the latest, while that is known.')),
  ),
  retrying: z.optional(
    z
      .object({ type: z.string(), title: z.string(), failed_tries: z.optional(z.number()) })
      .check(
        z.describe(
          'Why the present step is being repeated, and how many of its tries have failed, where that is known; the types are those of error.',
        ),
      ),
  ),
  ...shownSchema,
  task_id: z.optional(z.string().check(z.describe("MiniMax's task, once there is one."))),
  polls: z.optional(z.number().check(z.describe('How often MiniMax was asked about the task.'))),
  metadata: z.optional(z.record(z.string(), z.unknown())),
  video: z.optional(
    z.object({
      url: z
        .string()
        .check(
          z.describe('Opens the MP4 until url_expires_at, for an hour at most; signed afresh at each GET.'),
        ),
      url_expires_at: time,
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
      detail: z.string().check(z.describe('What happened, what it cost, what to do.')),
      money_spent: z.enum(['no', 'maybe', 'yes']),
      retry: z
        .enum(['same_key', 'new_request', 'adopt', 'never'])
        .check(
          z.describe(
            'What a program may do: send the request again under the same key, send a new one, adopt the task, or nothing before a person has looked.',
          ),
        ),
    }),
  ),
});

/** The answer to `POST /videos`. */
export const acceptedVideo = z.extend(video, {
  warnings: z.optional(z.array(z.string()).check(z.describe('What nobody could check.'))),
});

const listedVideo = z.object({
  video_id: z.string(),
  status: z.enum(LISTED_STATUSES),
  created_at: time,
  finished_at: z.optional(time),
});

export const videoList = z.object({
  videos: z.array(listedVideo),
  next_cursor: z.optional(z.string().check(z.describe('The cursor of the next page, if there is one.'))),
});

export const upload = z.object({
  value: z.string().check(z.describe('What to give as a media input when the image is there.')),
  upload: z.object({
    method: z.literal('PUT'),
    url: z.string(),
    headers: z.record(z.string(), z.string()).check(z.describe('To be sent as they are: they are signed.')),
    expires_at: time,
  }),
});

const PROBLEM_TYPES = Object.keys(PROBLEM_KINDS).map((kind) => `${TYPE_PREFIX}${kind}`);

/** An error answer of the HTTPS API, as `application/problem+json` (RFC 9457). */
export const problem = z.object({
  type: z.enum(PROBLEM_TYPES),
  title: z.string(),
  status: z.optional(z.number()),
  detail: z.optional(z.string()),
  errors: z.optional(
    z
      .array(z.object({ pointer: z.string().check(z.describe('RFC 6901')), detail: z.string() }))
      .check(z.describe('The wrong places of a bad body.')),
  ),
  request_id: z.optional(z.string().check(z.describe('What to name when asking about it.'))),
});

export type Video = Readonly<z.infer<typeof video>>;
export type VideoStatus = Video['status'];
export type AcceptedVideo = Readonly<z.infer<typeof acceptedVideo>>;
export type ListedVideo = Readonly<z.infer<typeof listedVideo>>;
export type VideoList = Readonly<z.infer<typeof videoList>>;
export type Upload = Readonly<z.infer<typeof upload>>;
export type Problem = Readonly<z.infer<typeof problem>>;
