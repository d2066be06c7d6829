import * as z from 'zod/mini';
import { toVideoRequest } from '../api/request.ts';
import { issuesSentence } from '../api/validation.ts';
import type { FailureName } from '../failure.ts';
import { type ExecutionInput, toExecutionInput } from '../job/execution-input.ts';
import type { CaughtError, CheckedJob, JobTask } from '../job/job.ts';
import { caughtErrorSchema, checkSchema, historyTaskSchema, shown } from '../job/job-schema.ts';
import { CLAIMING_FIELDS } from '../minimax/request-kind.ts';

/**
 * What `Record failure` is given: the execution, and in `job` what the failed step was given, with the error that the workflow
 * caught. The request is in it once, because it may be large. `job` has one of three shapes.
 *
 * The request, where no step had succeeded yet:
 * ```json
 * { "template_id": "394514820878671878", "owner": "iam AIDA…", "error": { "Error": "MiniMaxRefused", "Cause": "{\"errorMessage\":…" } }
 * ```
 * The job document, after the first step:
 * ```json
 * { "video_id": "v1", "request": {}, "task": {}, "wait_seconds": 10, "error": { "Error": "GaveUpWaiting", "Cause": "…" } }
 * ```
 * What `Reject input` makes of an input that is no request, which may be any JSON:
 * ```json
 * { "rejected_input": "hello", "error": { "Error": "InvalidRequest", "Cause": "…" } }
 * ```
 */
export interface FailedStepInput {
  readonly video_id: string;
  readonly created_at: string;
  readonly execution_arn: string;
  /** How often the execution has been redriven by now. */
  readonly redrives: number;
  readonly job: Partial<CheckedJob & RejectedInput>;
}

/** It is an object, so that errors can be added to it. */
export interface RejectedInput {
  readonly rejected_input: unknown;
  readonly error: CaughtError;
}

/** The error of `Reject input`; `Record failure` replaces it by what is wrong with the input. */
export const REJECTED: CaughtError = {
  Error: 'InvalidRequest' satisfies FailureName,
  Cause: `The execution's input is no request: it has no ${[...CLAIMING_FIELDS, 'task_id'].join(' and no ')}.`,
};

/** The input of a failed step, read from any of the three shapes. */
export interface FailedStep {
  readonly created_at: string;
  /** Without the fields that the service had added to it. */
  readonly request: unknown;
  readonly owner?: string;
  readonly task?: JobTask;
  readonly check?: CheckedJob['check'];
  readonly error: CaughtError;
}

const failedJobSchema = z.looseObject({
  video_id: z.string(),
  created_at: shown(z.string()),
  request: z.optional(z.unknown()),
  task: shown(historyTaskSchema),
  check: shown(checkSchema),
  error: caughtErrorSchema,
});
const rejectedSchema = z.object({ rejected_input: z.unknown(), error: caughtErrorSchema });
const caughtSchema = z.looseObject({ error: caughtErrorSchema });

export function toFailedStep({ video_id, created_at, job }: FailedStepInput): FailedStep {
  if (!wasEntered(job)) return toWrappedStep(created_at, job);
  const document = z.safeParse(failedJobSchema, job).data;
  if (document?.video_id === video_id) {
    const { request, task, check, error } = document;
    return { created_at: document.created_at ?? created_at, request, task, check, error };
  }
  const caught = z.safeParse(caughtSchema, job).data;
  if (caught === undefined) return toWrongInput(created_at, job);
  const { error, ...input } = caught;
  return { created_at, ...withoutVersion(toExecutionInput(input)), error };
}

const ENTRY_FIELDS: readonly string[] = ['video_id', 'task_id', ...CLAIMING_FIELDS];

/** Only a request or a job document is let into a step, which can then fail. The input may have an `error` of its own. */
function wasEntered(job: unknown): boolean {
  const fields = (job ?? {}) as Readonly<Record<string, unknown>>;
  return ENTRY_FIELDS.some((name) => fields[name] !== undefined);
}

function toWrappedStep(created_at: string, job: unknown): FailedStep {
  const isWrapped = typeof job === 'object' && job !== null && 'rejected_input' in job;
  const wrapped = isWrapped ? z.safeParse(rejectedSchema, job).data : undefined;
  if (wrapped === undefined) return toWrongInput(created_at, job);
  const wrong = toWrongInput(created_at, wrapped.rejected_input);
  return wrapped.error.Error === REJECTED.Error ? wrong : { ...wrong, error: wrapped.error };
}

function toWrongInput(created_at: string, given: unknown): FailedStep {
  const input = toExecutionInput(given);
  return { created_at, ...withoutVersion(input), error: wrongInput(input.request) };
}

function withoutVersion({ request, owner }: ExecutionInput): Pick<FailedStep, 'request' | 'owner'> {
  return { request, owner };
}

function wrongInput(input: unknown): CaughtError {
  const checked = toVideoRequest(input);
  const why = checked.ok ? 'it was not understood' : issuesSentence(checked.issues);
  return { Error: 'InvalidRequest' satisfies FailureName, Cause: `The execution's input is wrong: ${why}` };
}
