import { givenKind, givenTaskId } from '../api/request.ts';
import type { Failure, FailureName } from '../failure.ts';
import type { JobTask } from '../job/job.ts';
import { isHeldBy, type JobRecord, recordedTask } from '../job/job-record.ts';
import { requestDigest } from '../job/request-digest.ts';
import { type CaughtStep, STATES } from '../states.ts';
import { type FailedStep, type FailedStepInput, toFailedStep } from './failed-step.ts';
import { toFailureName } from './failure-name.ts';

/** A failed step, with the video's job document as it is in the bucket. `FailedStepInput` shows the three shapes of `job`. */
export interface FailureContext extends FailedStepInput {
  readonly recorded?: JobRecord;
}

/** Lambda's name for a function that was not started, because too many were running. */
export const NEVER_INVOKED = 'Lambda.TooManyRequestsException';

/** What is known of a failed step, and the name of its failure. */
export interface FailureAnalysis extends FailedStep {
  readonly name: FailureName;
  /** The state that failed. */
  readonly step: StepName;
  /** When the create of this execution was sent, where that was written down. */
  readonly sentAt?: string;
  /** The task in question, as far as it is known: of the job, of the request, or of the record in the bucket. */
  readonly taskId?: string;
}

type StepName = (typeof STATES)[CaughtStep];

/** What a crash or a timeout of each step means. A crashed `Submit task` may have sent its create. */
const AFTER_CRASH: Readonly<Record<StepName, FailureName>> = {
  [STATES.submitTask]: 'SubmitOutcomeUnknown',
  [STATES.adoptTask]: 'MiniMaxUnavailable',
  [STATES.checkTask]: 'MiniMaxUnavailable',
  [STATES.copyVideo]: 'VideoUnreachable',
};

/** Keeps an error name that our code threw. Any other error (a timeout, a crash) is classified by the step that it came from. */
export function classify(context: FailureContext): FailureAnalysis {
  const failed = toFailedStep(context);
  const givenId = givenTaskId(failed.request);
  const step = stepOf(failed, givenId);
  const name = nameOf(failed.error.Error, step, context.redrives);
  const isAdoptable = name !== 'InvalidRequest' && name !== 'VideoExistsAlready';
  const given = isAdoptable ? toGivenTask(failed, givenId) : undefined;
  const task = failed.task ?? recordedTask(context.recorded, context) ?? given;
  const sentAt = heldRecord(context)?.attempt?.sending_at;
  return { ...failed, name, step, task, sentAt, taskId: task?.task_id ?? givenId };
}

function stepOf({ task, check }: FailedStep, givenId: string | undefined): StepName {
  if (task === undefined) return givenId === undefined ? STATES.submitTask : STATES.adoptTask;
  return check?.status === 'succeeded' ? STATES.copyVideo : STATES.checkTask;
}

/** The task that a request asks to adopt. */
function toGivenTask({ request, created_at }: FailedStep, task_id: string | undefined): JobTask | undefined {
  if (task_id === undefined) return undefined;
  return { task_id, kind: givenKind(request), adopted: true, waiting_since: created_at };
}

function heldRecord(context: FailureContext): JobRecord | undefined {
  const { recorded } = context;
  return recorded !== undefined && isHeldBy(recorded, context) ? recorded : undefined;
}

function nameOf(errorName: string, step: StepName, redrives: number): FailureName {
  // A redrive that could not read the job document has sent nothing, but an attempt before it may have.
  const isDoubtKept = errorName === 'StorageUnavailable' && step === STATES.submitTask && redrives > 0;
  if (isDoubtKept) return 'SubmitOutcomeUnknown';
  const own = toFailureName(errorName);
  if (own !== undefined) return own;
  const isUnsent = step === STATES.submitTask && errorName === NEVER_INVOKED;
  return isUnsent ? 'MiniMaxBusy' : AFTER_CRASH[step];
}

/** May the function of the failed step be still running, and yet write down a task? */
export function mayStillRun({ job }: FailedStepInput): boolean {
  const name = job?.error?.Error ?? '';
  return name.startsWith('Lambda.') || name === 'States.Timeout';
}

/** May a create have been sent whose outcome the workflow does not know? */
export function isCreateInDoubt(failed: FailedStepInput): boolean {
  return classify(failed).name === 'SubmitOutcomeUnknown';
}

/** The digest of the request, for a job document that no step has claimed. Only the execution's input has the whole request. */
export function digestOfInput(failed: FailedStepInput): { readonly request_digest?: string } {
  const isInput = failed.job?.video_id !== failed.video_id;
  return { request_digest: isInput ? requestDigest(toFailedStep(failed).request) : undefined };
}

/** The step as if it had failed with this failure. */
export function withError(failed: FailedStepInput, { name, message }: Failure): FailedStepInput {
  return { ...failed, job: { ...failed.job, error: { Error: name, Cause: message } } };
}
