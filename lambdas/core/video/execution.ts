import { type ExecutionInput, toExecutionInput } from '../job/execution-input.ts';
import type { CheckedJob, CopiedJob, SubmittedJob } from '../job/job.ts';
import { type ExecutionKey, type JobRecord, recordedTask } from '../job/job-record.ts';
import type { FailedJob } from '../record-failure/explain.ts';

/** Where an execution is, or was when it ended, by the newest events of its history. */
export interface Progress {
  readonly stateName?: string;
  readonly stateInput?: unknown;
  readonly enteredAt?: Date;
  /** The error after which the state is being tried again. */
  readonly lastError?: string;
  /** How many tries of the state have failed, where its entry is within reach. */
  readonly failedTries?: number;
  /** The type of the newest event, as in `ExecutionFailed`. */
  readonly newestEvent?: string;
}

/** An execution as Step Functions tells it. */
export interface Execution extends Progress {
  readonly arn: string;
  readonly name: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** How often it has been redriven by now. */
  readonly redriveCount: number;
  /** The job document of the video, where it was read. */
  readonly recorded?: JobRecord;
}

/** The job document, as far as an execution has come with it. */
export type JobState = Partial<SubmittedJob & CheckedJob & CopiedJob & Pick<FailedJob, 'error'>>;

export function isFinished({ status }: Execution): boolean {
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/**
 * The job document as far as it has come, with the task that was written down where the history does not have it. The first
 * states are given what the execution was started with, which may be anything, and is no job document.
 */
export function jobStateOf(execution: Execution): JobState {
  const { name, output, stateInput, recorded } = execution;
  const given = toJobState(output ?? stateInput);
  const card = given.video_id === name ? given : {};
  const task = card.task ?? recordedTask(recorded, keyOf(execution));
  return task === undefined ? card : { ...card, task };
}

export function keyOf({ name, arn, startDate }: Execution): ExecutionKey {
  return { video_id: name, execution_arn: arn, created_at: startDate.toISOString() };
}

/**
 * What was asked for, and by whom. An execution that has taken over a job document was started with the task alone: what was
 * asked for stands in the document.
 */
export function requestOf(execution: Execution): Pick<ExecutionInput, 'request' | 'owner'> {
  const { takes_over, ...given } = toExecutionInput(execution.input);
  if (takes_over === undefined) return given;
  const request = jobStateOf(execution).request ?? execution.recorded?.request ?? given.request;
  return { ...given, request };
}

export function toJobState(value: unknown): JobState {
  return typeof value === 'object' && value !== null ? value : {};
}
