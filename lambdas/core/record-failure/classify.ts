import { givenTaskId, toVideoRequest } from '../api/request.ts';
import { issuesSentence } from '../api/validation.ts';
import { failureOf } from '../download/retryable.ts';
import type { Failure, FailureName } from '../failure.ts';
import { type ExecutionInput, toExecutionInput } from '../job/execution-input.ts';
import type { CaughtError, CheckedJob } from '../job/job.ts';
import { isHeldBy, type JobRecord, recordedTask } from '../job/job-record.ts';
import { requestDigest } from '../job/request-digest.ts';
import { STATES } from '../states.ts';

/**
 * What `Record failure` is given: `job` is what the failed step was given (the job document, or the bare request where no
 * step had succeeded yet) with the error that the workflow caught. The request is in it once, because it may be large.
 * An execution that was started with anything but a request comes here by `Refuse input`.
 */
export interface FailedStepInput {
  readonly video_id: string;
  readonly created_at: string;
  readonly execution_arn: string;
  /** How often the execution has been redriven by now. */
  readonly redrives: number;
  readonly job: Partial<CheckedJob> & Partial<RefusedInput>;
}

/** What `Refuse input` makes of an execution's input that is no request. It is an object, so that errors can be added to it. */
export interface RefusedInput {
  readonly refused_input: unknown;
  readonly error: CaughtError;
}

/** The error of `Refuse input`; `Record failure` puts what is wrong with the input in its place. */
export const REFUSED: CaughtError = {
  Error: 'InvalidRequest' satisfies FailureName,
  Cause: "The execution's input is no request: it has neither a template_id nor a task_id.",
};

/** The same with the video's job document as it lies in the bucket. */
export interface FailureContext extends FailedStepInput {
  readonly recorded?: JobRecord;
}

/** Lambda's name for a function that was not started, because too many were running. */
export const NEVER_INVOKED = 'Lambda.TooManyRequestsException';

/** What is known of a job that broke, and the name of its failure. */
export interface FailureAnalysis extends Partial<Pick<CheckedJob, 'task' | 'check'>> {
  readonly name: FailureName;
  /** The state that broke. */
  readonly step:
    | typeof STATES.submitTask
    | typeof STATES.adoptTask
    | typeof STATES.checkTask
    | typeof STATES.copyVideo;
  readonly created_at: string;
  /** Without what the service had added to it. */
  readonly request: unknown;
  readonly owner?: string;
  readonly error: CaughtError;
  /** When the create of this execution was sent, where that was written down. */
  readonly sentAt?: string;
  /** The task in question, as far as anybody knows: of the job, of the request, or of the record in the bucket. */
  readonly taskId?: string;
}

/** A name of our own stands; any other (a timeout, a crash) is named after the step, and a create that ends so is in doubt. */
export function classify(evidence: FailureContext): FailureAnalysis {
  const { created_at, request, owner, error, task: ownTask, check } = toParts(evidence);
  const givenId = givenTaskId(request);
  const later = check?.status === 'succeeded' ? STATES.copyVideo : STATES.checkTask;
  const first = givenId === undefined ? STATES.submitTask : STATES.adoptTask;
  const step = ownTask === undefined ? first : later;
  const name = nameOf(error.Error, step, evidence.redrives);
  const isAdoptable = givenId !== undefined && name !== 'InvalidRequest' && name !== 'VideoExistsAlready';
  const given = isAdoptable ? { task_id: givenId, adopted: true, waiting_since: created_at } : undefined;
  const task = ownTask ?? recordedTask(evidence.recorded, evidence) ?? given;
  const taskId = task?.task_id ?? givenId;
  const sentAt =
    evidence.recorded && isHeldBy(evidence.recorded, evidence)
      ? evidence.recorded.attempt?.sending_at
      : undefined;
  return {
    name,
    step,
    created_at,
    request,
    error,
    sentAt,
    ...(owner === undefined ? {} : { owner }),
    ...(check === undefined ? {} : { check }),
    ...(task === undefined ? {} : { task }),
    ...(taskId === undefined ? {} : { taskId }),
  };
}

/** The workflow may have lost sight of a function that goes on, and that may yet write down a task. */
export function mayStillRun({ job }: FailedStepInput): boolean {
  const name = job?.error?.Error ?? '';
  return name.startsWith('Lambda.') || name === 'States.Timeout';
}

/** Did a create go out, or may it have, without the workflow being told what became of it? */
export function isCreateInDoubt(broken: FailedStepInput): boolean {
  return classify(broken).name === 'SubmitOutcomeUnknown';
}

/** The digest of the request, for a job document that no step has claimed; only an execution's bare input has the whole request. */
export function digestOfInput(broken: FailedStepInput): { readonly request_digest?: string } {
  const isBare = broken.job?.video_id !== broken.video_id;
  const digest = isBare ? requestDigest(toParts(broken).request) : undefined;
  return digest === undefined ? {} : { request_digest: digest };
}

/** The same job, broken by this failure instead. */
export function withError(broken: FailedStepInput, { name, message }: Failure): FailedStepInput {
  return { ...broken, job: { ...broken.job, error: { Error: name, Cause: message } } };
}

type Parts = Omit<FailureAnalysis, 'name' | 'step' | 'taskId'>;

/** A job document has its request inside; before there is one, the request itself was handed on, whatever it was. */
function toParts({ video_id, created_at, job }: FailedStepInput): Parts {
  if (isRefused(job)) {
    const input = toExecutionInput(job.refused_input);
    const isOwn = job.error.Error === REFUSED.Error;
    return { created_at, ...withoutVersion(input), error: isOwn ? wrongInput(input.request) : job.error };
  }
  if (!wasCaught(job)) {
    const input = toExecutionInput(job);
    return { created_at, ...withoutVersion(input), error: wrongInput(input.request) };
  }
  const { error, ...input } = job;
  if (job.video_id !== video_id) return { created_at, ...withoutVersion(toExecutionInput(input)), error };
  const { task, check } = job;
  return {
    created_at: job.created_at ?? created_at,
    request: job.request,
    error,
    ...(task === undefined ? {} : { task }),
    ...(check === undefined ? {} : { check }),
  };
}

function withoutVersion({ request, owner }: ExecutionInput): Pick<FailureAnalysis, 'request' | 'owner'> {
  return { request, ...(owner === undefined ? {} : { owner }) };
}

function isRefused(job: FailedStepInput['job']): job is FailedStepInput['job'] & RefusedInput {
  const { video_id, template_id, task_id } = (job ?? {}) as Readonly<Record<string, unknown>>;
  const isRequest = video_id !== undefined || template_id !== undefined || task_id !== undefined;
  return !isRequest && typeof job === 'object' && job !== null && 'refused_input' in job;
}

/** The input of an execution may have an `error` of its own; only a step that was entered can have failed. */
function wasCaught(
  job: FailedStepInput['job'],
): job is FailedStepInput['job'] & { readonly error: CaughtError } {
  const { video_id, template_id, task_id, error } = (job ?? {}) as Readonly<Record<string, unknown>>;
  const { Error: name, Cause: cause } = (error ?? {}) as Partial<CaughtError>;
  const wasEntered = video_id !== undefined || template_id !== undefined || task_id !== undefined;
  return wasEntered && typeof name === 'string' && typeof cause === 'string';
}

function wrongInput(input: unknown): CaughtError {
  const checked = toVideoRequest(input);
  const why = checked.ok ? 'it was not understood' : issuesSentence(checked.issues);
  return { Error: 'InvalidRequest' satisfies FailureName, Cause: `The execution's input is wrong: ${why}` };
}

function nameOf(errorName: string, step: FailureAnalysis['step'], redrives: number): FailureName {
  // A redrive that could not read the job document has sent nothing, but an attempt before it may have.
  const isDoubtKept = errorName === 'StorageUnavailable' && step === STATES.submitTask && redrives > 0;
  if (isDoubtKept) return 'SubmitOutcomeUnknown';
  const own = failureOf(errorName);
  if (own !== undefined) return own;
  if (step === STATES.copyVideo) return 'VideoUnreachable';
  if (step !== STATES.submitTask) return 'MiniMaxUnavailable';
  return errorName === NEVER_INVOKED ? 'MiniMaxBusy' : 'SubmitOutcomeUnknown';
}
