import * as z from 'zod/mini';
import { MONEY_SPENT } from '../failure.ts';
import { DEFAULT_KIND, KIND_NAMES } from '../minimax/request-kind.ts';
import type { CallbackState, CaughtError, CheckedJob, JobTask, StoredVideo } from './job.ts';

/** The parts of a job document, as they are read back from `job.json` and from the history of an execution. */

export const jobTaskSchema = z.object({
  task_id: z.string(),
  kind: z.enum(KIND_NAMES),
  adopted: z.boolean(),
  waiting_since: z.iso.datetime(),
  trace_id: z.optional(z.string()),
  unconfirmed: z.optional(z.literal(true)),
}) satisfies z.ZodMiniType<JobTask>;

/**
 * A task in the history of an execution. With its id it can be named, followed and adopted, so no other field of it is needed: a
 * field that is wrong has the value here.
 */
export const historyTaskSchema = z.object({
  task_id: z.string(),
  kind: z.catch(z.enum(KIND_NAMES), DEFAULT_KIND),
  adopted: z.catch(z.boolean(), false),
  waiting_since: z.catch(z.iso.datetime(), new Date(0).toISOString()),
  trace_id: shown(z.string()),
  unconfirmed: shown(z.literal(true)),
}) satisfies z.ZodMiniType<JobTask>;

export const checkSchema = z.object({
  status: z.enum(['running', 'succeeded', 'failed']),
  minimax_status: z.string(),
  polls: z.number(),
  checked_at: z.string(),
  elapsed_seconds: z.number(),
}) satisfies z.ZodMiniType<CheckedJob['check']>;

export const callbackStateSchema = z.object({
  active: z.boolean(),
  received: z.number(),
  note: z.optional(z.string()),
}) satisfies z.ZodMiniType<CallbackState>;

export const storedVideoSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  content_type: z.string(),
  seconds: z.number(),
  attempts: z.number(),
  resumes: z.number(),
}) satisfies z.ZodMiniType<StoredVideo>;

export const caughtErrorSchema = z.object({
  Error: z.string(),
  Cause: z.string(),
}) satisfies z.ZodMiniType<CaughtError>;

/** The error that `Record failure` makes of a caught one. */
export const recordedErrorSchema = z.extend(caughtErrorSchema, {
  title: z.string(),
  money_spent: z.enum(MONEY_SPENT),
  retry: z.enum(['same_key', 'new_request', 'adopt', 'never']),
});

/** A field that is only shown. A value that does not fit the schema is left out. */
export function shown<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.catch(z.optional(schema), undefined);
}
