import * as z from 'zod/mini';
import { MONEY_SPENT, RETRY_KINDS } from '../failure.ts';
import { shownSchema } from '../minimax/request-kind.ts';
import { fileSchema } from './file-schema.ts';
import { LISTED_STATUSES } from './listed-statuses.ts';
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
  ...fileSchema,
  error: z.optional(
    z.object({
      type: z.string(),
      title: z.string(),
      detail: z.string().check(z.describe('What happened, what it cost, and what to do.')),
      money_spent: z.enum(MONEY_SPENT),
      retry: z
        .enum(RETRY_KINDS)
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

const moneySpentSchema = z
  .enum(MONEY_SPENT)
  .check(z.describe('Whether MiniMax has charged, or will charge. maybe while the video is running.'));

/** A video as the table knows it. GET of the video knows more. */
const listedVideoSchema = z.object({
  video_id: z.string(),
  status: z.enum(LISTED_STATUSES),
  created_at: timeSchema,
  finished_at: z.optional(timeSchema),
  elapsed_seconds: z.number(),
  ...shownSchema,
  task_id: z.optional(z.string()),
  metadata: z.optional(
    z
      .record(z.string(), z.unknown())
      .check(z.describe('Absent where its JSON is longer than 1024 bytes: GET of the video has it.')),
  ),
  video: z.optional(
    z
      .object({ s3_uri: z.string(), bytes: z.number() })
      .check(
        z.describe(
          'The file that was stored. GET of the video has a link to it, or says that it was deleted: the list does not.',
        ),
      ),
  ),
  error: z.optional(z.object({ type: z.string(), title: z.string(), money_spent: moneySpentSchema })),
  cost: z.object({
    estimated_usd: z
      .nullable(z.number())
      .check(z.describe('From list prices, in US dollars. null where no price is known.')),
    money_spent: moneySpentSchema,
  }),
});

export const videoListSchema = z.object({
  videos: z.array(listedVideoSchema),
  next_cursor: z.optional(
    z.string().check(z.describe('The cursor of the next page. Absent on the last page.')),
  ),
});

const usageSumFields = {
  videos: z.int(),
  without_price: z.int().check(z.describe('How many of them have no known price: usd lacks them.')),
  usd: z
    .object({ no: z.number(), maybe: z.number(), yes: z.number() })
    .check(z.describe('Estimated from list prices, by whether the money was spent.')),
};

/** The answer to `GET /usage`. */
export const usageSchema = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  ...usageSumFields,
  groups: z
    .array(
      z.object({
        day: z.iso.date().check(z.describe('In UTC, of the start of the videos.')),
        ...shownSchema,
        ...usageSumFields,
      }),
    )
    .check(z.describe('By day and template, newest day first.')),
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
  retry: z
    .enum(RETRY_KINDS)
    .check(
      z.describe(
        'What a program may do. same_key: send the same request with its Idempotency-Key, after what detail names is fixed. Nothing is paid twice. new_request: this request can never be accepted, and has started nothing. Send a corrected one with a new key. never: a person has to check first.',
      ),
    ),
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
export type Usage = z.infer<typeof usageSchema>;
export type UsageSum = Pick<Usage, 'videos' | 'without_price' | 'usd'>;
export type Upload = Readonly<z.infer<typeof uploadSchema>>;
export type Problem = Readonly<z.infer<typeof problemSchema>>;
