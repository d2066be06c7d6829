import * as z from 'zod/mini';
import { MONEY_SPENT, RETRY_KINDS } from '../failure.ts';

const timeSchema = z.iso.datetime();

/** What the states of the workflow hand on, without ARNs, owner and request. */
const shownJobSchema = z.object({
  task: z.optional(
    z.object({
      task_id: z.string(),
      kind: z.string(),
      adopted: z.boolean().check(z.describe('Whether another request has created the task.')),
      waiting_since: timeSchema,
      trace_id: z.optional(z.string().check(z.describe("MiniMax's name of its answer to the create."))),
    }),
  ),
  wait_seconds: z.optional(
    z.number().check(z.describe('How long the workflow waits before the next check.')),
  ),
  callbacks: z.optional(
    z.object({
      active: z.boolean(),
      received: z.number(),
      note: z.optional(z.string().check(z.describe('Why callbacks are not active.'))),
    }),
  ),
  check: z.optional(
    z.object({
      status: z.enum(['running', 'succeeded', 'failed']),
      minimax_status: z.string(),
      polls: z.number(),
      checked_at: z.string(),
      elapsed_seconds: z.number(),
    }),
  ),
  video: z.optional(
    z.object({
      bytes: z.number(),
      sha256: z.string(),
      content_type: z.string(),
      seconds: z.number().check(z.describe('How long the copy took.')),
    }),
  ),
  finished_at: z.optional(z.string()),
  error: z.optional(
    z.object({
      type: z.string(),
      title: z.optional(z.string()),
      detail: z.optional(z.string()),
      money_spent: z.optional(z.enum(MONEY_SPENT)),
      retry: z.optional(z.enum(RETRY_KINDS)),
    }),
  ),
});

const failedTrySchema = z.object({
  failed_at: timeSchema,
  error: z
    .string()
    .check(z.describe('The name of the error, as in the Retry of the state in GET /workflow.')),
  title: z.string(),
  detail: z.optional(z.string().check(z.describe('What happened, where the service itself has said it.'))),
});

const visitSchema = z.object({
  state: z.string().check(z.describe('The name of the state in GET /workflow.')),
  entered_at: timeSchema,
  left_at: z.optional(timeSchema.check(z.describe('Absent while the video is in this state.'))),
  failed_tries: z.array(failedTrySchema),
  job: z.optional(
    shownJobSchema.check(
      z.describe(
        'The job document: as the state has handed it on, and before that as the state was given it.',
      ),
    ),
  ),
});

/** The answer to `GET /videos/{video_id}/history`. Times are ISO 8601. It contains no ARN and no account id. */
export const historySchema = z.object({
  video_id: z.string(),
  request: z
    .unknown()
    .check(
      z.describe(
        'What was asked for, as job.json has it: without inline images, and images without the credentials of their links.',
      ),
    ),
  states: z
    .array(visitSchema)
    .check(z.describe('Each visit of a state, oldest first. A state may be visited many times.')),
  next_cursor: z.optional(
    z.string().check(z.describe('The cursor of the next page. Absent on the last page.')),
  ),
});

const nameSchema = z.string();

/** A state as Amazon States Language has it, without what it sends to its function: https://states-language.net */
const stateSchema = z.object({
  Type: z.string(),
  Comment: z.optional(z.string()),
  Resource: z.optional(z.string()),
  Next: z.optional(nameSchema),
  End: z.optional(z.boolean()),
  Default: z.optional(nameSchema),
  Choices: z.optional(z.array(z.looseObject({ Next: z.optional(nameSchema) }))),
  Catch: z.optional(z.array(z.looseObject({ ErrorEquals: z.array(z.string()), Next: nameSchema }))),
  Retry: z.optional(z.array(z.looseObject({ ErrorEquals: z.array(z.string()) }))),
  Seconds: z.optional(z.number()),
  SecondsPath: z.optional(z.string()),
  TimeoutSeconds: z.optional(z.number()),
  TimeoutSecondsPath: z.optional(z.string()),
  Error: z.optional(z.string()),
  Cause: z.optional(z.string()),
});

/** The answer to `GET /workflow`: the definition of the state machine. It contains no account id. */
export const workflowSchema = z.object({
  Comment: z.optional(z.string()),
  StartAt: nameSchema,
  TimeoutSeconds: z.optional(z.number()),
  States: z.record(z.string(), stateSchema),
});

export type VideoHistory = Readonly<z.infer<typeof historySchema>>;
export type Visit = VideoHistory['states'][number];
export type FailedTry = Visit['failed_tries'][number];
export type ShownJob = NonNullable<Visit['job']>;
export type Workflow = Readonly<z.infer<typeof workflowSchema>>;
