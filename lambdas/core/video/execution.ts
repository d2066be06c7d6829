import * as z from 'zod/mini';
import { type ExecutionInput, toExecutionInput } from '../job/execution-input.ts';
import { type ExecutionKey, type JobRecord, recordedTask } from '../job/job-record.ts';
import {
  callbackStateSchema,
  checkSchema,
  historyTaskSchema,
  recordedErrorSchema,
  shown,
  storedVideoSchema,
} from '../job/job-schema.ts';

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

/** An execution as Step Functions describes it. */
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

const jobStateSchema = z.object({
  video_id: shown(z.string()),
  request: z.optional(z.unknown()),
  task: shown(historyTaskSchema),
  wait_seconds: shown(z.number()),
  callbacks: shown(callbackStateSchema),
  check: shown(checkSchema),
  video: shown(storedVideoSchema),
  finished_at: shown(z.string()),
  error: shown(z.partial(recordedErrorSchema)),
});

/** The job document, as far as an execution has come with it. */
export type JobState = Readonly<z.infer<typeof jobStateSchema>>;

export function isFinished({ status }: Execution): boolean {
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/**
 * The job document as far as it has come. Where the history has no task, it is the one in `job.json`. The first states are
 * given the input of the execution, which may be any JSON, and is no job document.
 */
export function jobStateOf(execution: Execution): JobState {
  const { name, output, stateInput, recorded } = execution;
  const given = toJobState(output ?? stateInput);
  const state = given.video_id === name ? given : {};
  return { ...state, task: state.task ?? recordedTask(recorded, keyOf(execution)) };
}

export function keyOf({ name, arn, startDate }: Execution): ExecutionKey {
  return { video_id: name, execution_arn: arn, created_at: startDate.toISOString() };
}

/**
 * What was asked for, and by whom. An execution that has taken over a job document was started with the task alone: the request
 * is in the document.
 */
export function requestOf(execution: Execution): Pick<ExecutionInput, 'request' | 'owner'> {
  const { takes_over, ...given } = toExecutionInput(execution.input);
  if (takes_over === undefined) return given;
  const request = jobStateOf(execution).request ?? execution.recorded?.request ?? given.request;
  return { ...given, request };
}

const wrappedJob = z.object({ job: z.unknown() });

/** The inputs of `Record failure` and `Video failed` contain the job beside other fields. */
export function unwrapJob(input: unknown): unknown {
  return wrappedJob.safeParse(input).data?.job ?? input;
}

/** A field that is not as it should be is left out. */
export function toJobState(value: unknown): JobState {
  return z.safeParse(jobStateSchema, value).data ?? {};
}
