import { givenTaskId } from '../api/request.ts';
import type { Video, VideoStatus } from '../api/response.ts';
import { type ExecutionInput, toExecutionInput } from '../job/execution-input.ts';
import type { CheckedJob, CopiedJob, SubmittedJob } from '../job/job.ts';
import { type ExecutionKey, type JobRecord, recordedTask } from '../job/job-record.ts';
import { isShallow } from '../json/depth.ts';
import type { FailedJob } from '../record-failure/explain.ts';
import { toError } from './error.ts';
import { toOutlook } from './progress.ts';

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

/** A link to the stored object that anybody can open until it expires. */
export interface SignedLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** The job document, as far as an execution has come with it. */
export type Card = Partial<SubmittedJob & CheckedJob & CopiedJob & Pick<FailedJob, 'error'>>;

export function isFinished({ status }: Execution): boolean {
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/** May MiniMax say of itself that something has changed? */
export function mayRing(execution: Execution): boolean {
  return cardOf(execution).bell?.listening === true;
}

/** The object that a finished execution left in the bucket. */
export function storedVideo(execution: Execution): CopiedJob['video'] | undefined {
  return execution.status === 'SUCCEEDED' ? toCard(execution.output).video : undefined;
}

/** The state that was given this input, where its name is not at hand: each state adds something to the job. */
export function stateGiven(input: unknown): string {
  const { job, task_token, task, check, request } = toCard(input) as Card &
    Partial<Readonly<Record<'job' | 'task_token', unknown>>>;
  if (job !== undefined) return task_token === undefined ? 'Record failure' : 'Video failed';
  if (task_token !== undefined) return 'Wait for callback';
  if (check?.status === 'succeeded') return 'Copy video';
  if (task !== undefined) return 'Check task';
  return givenTaskId(request) === undefined ? 'Submit task' : 'Adopt task';
}

/** @param link needed for a video that is stored, and only there */
export function toVideo(execution: Execution, now: Date, link?: SignedLink): Video {
  const { template_id, metadata } = toCard(requestOf(execution).request) as Readonly<Record<string, unknown>>;
  const card = cardOf(execution);
  const stored = storedVideo(execution);
  const taskId = card.task?.task_id;
  const polls = card.check?.polls;
  return {
    video_id: execution.name,
    status: toStatus(execution),
    created_at: execution.startDate.toISOString(),
    ...(execution.stopDate === undefined ? {} : { finished_at: execution.stopDate.toISOString() }),
    elapsed_seconds: secondsBetween(execution.startDate, execution.stopDate ?? now),
    ...(isFinished(execution) ? {} : toOutlook(execution, toCard(execution.stateInput).wait_seconds)),
    ...(typeof template_id === 'string' ? { template_id } : {}),
    ...(taskId === undefined ? {} : { task_id: taskId }),
    ...(polls === undefined ? {} : { polls }),
    ...(isPlainObject(metadata) && isShallow(metadata) ? { metadata } : {}),
    ...(stored === undefined || link === undefined ? {} : { video: toStored(stored, link) }),
    ...(hasFailed(execution) ? { error: toError(execution, card) } : {}),
  };
}

/** A stopped execution may not have heard of the task that it has submitted. */
export function isTaskUnknown(execution: Execution): boolean {
  const wasStopped = execution.status === 'ABORTED' || execution.status === 'TIMED_OUT';
  return wasStopped && cardOf(execution).task === undefined;
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
}

/**
 * The job document as far as it has come, with the task that was written down where the history does not have it. The first
 * states are given what the execution was started with, which may be anything, and is no job document.
 */
export function cardOf(execution: Execution): Card {
  const { name, output, stateInput, recorded } = execution;
  const given = toCard(output ?? stateInput);
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
  const request = cardOf(execution).request ?? execution.recorded?.request ?? given.request;
  return { ...given, request };
}

function toStatus({ status, stateName }: Execution): VideoStatus {
  switch (status) {
    case 'SUCCEEDED':
      return 'succeeded';
    case 'ABORTED':
      return 'cancelled';
    case 'TIMED_OUT':
      return 'timed_out';
    case 'RUNNING':
    case 'PENDING_REDRIVE':
      return toRunningStatus(stateName);
    default:
      return 'failed';
  }
}

function toRunningStatus(stateName: string | undefined): VideoStatus {
  switch (stateName) {
    case undefined:
    case 'Task given?':
    case 'Refuse input':
    case 'Submit task':
    case 'Adopt task':
      return 'queued';
    case 'Copy video':
    case 'Video ready':
      return 'copying';
    default:
      return 'generating';
  }
}

export function toStored(
  { bucket, key, bytes, sha256, content_type }: CopiedJob['video'],
  link: SignedLink,
): NonNullable<Video['video']> {
  return {
    url: link.url,
    url_expires_at: link.expiresAt.toISOString(),
    s3_uri: `s3://${bucket}/${key}`,
    bytes,
    sha256,
    content_type,
  };
}

function hasFailed(execution: Execution): boolean {
  return isFinished(execution) && execution.status !== 'SUCCEEDED';
}

/** What was started in the console may be anything. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toCard(value: unknown): Card {
  return typeof value === 'object' && value !== null ? value : {};
}
