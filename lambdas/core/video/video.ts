import { givenTaskId } from '../api/request.ts';
import type { Video, VideoStatus } from '../api/response.ts';
import type { CopiedJob } from '../job/job.ts';
import { isShallow } from '../json/depth.ts';
import { shownField } from '../minimax/request-kind.ts';
import { STATES } from '../states.ts';
import { toError } from './error.ts';
import { type Execution, isFinished, type JobState, jobStateOf, requestOf, toJobState } from './execution.ts';
import { toProgressFields } from './progress.ts';

/** A link to the stored object that anybody can open until it expires. */
export interface SignedLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** May MiniMax say of itself that something has changed? */
export function expectsCallback(execution: Execution): boolean {
  return jobStateOf(execution).callbacks?.active === true;
}

/** The object that a finished execution left in the bucket. */
export function storedVideo(execution: Execution): CopiedJob['video'] | undefined {
  return execution.status === 'SUCCEEDED' ? toJobState(execution.output).video : undefined;
}

/** The state that was given this input, where its name is not at hand: each state adds something to the job. */
export function inferState(input: unknown): string {
  const { job, task_token, task, check, request } = toJobState(input) as JobState &
    Partial<Readonly<Record<'job' | 'task_token', unknown>>>;
  if (job !== undefined) return task_token === undefined ? STATES.recordFailure : STATES.videoFailed;
  if (task_token !== undefined) return STATES.waitForCallback;
  if (check?.status === 'succeeded') return STATES.copyVideo;
  if (task !== undefined) return STATES.checkTask;
  return givenTaskId(request) === undefined ? STATES.submitTask : STATES.adoptTask;
}

/** @param link needed for a video that is stored, and only there */
export function toVideo(execution: Execution, now: Date, link?: SignedLink): Video {
  const { request } = requestOf(execution);
  const { metadata } = toJobState(request) as Readonly<Record<string, unknown>>;
  const card = jobStateOf(execution);
  const stored = storedVideo(execution);
  const taskId = card.task?.task_id;
  const polls = card.check?.polls;
  return {
    video_id: execution.name,
    status: toStatus(execution),
    created_at: execution.startDate.toISOString(),
    ...(execution.stopDate === undefined ? {} : { finished_at: execution.stopDate.toISOString() }),
    elapsed_seconds: secondsBetween(execution.startDate, execution.stopDate ?? now),
    ...(isFinished(execution)
      ? {}
      : toProgressFields(execution, toJobState(execution.stateInput).wait_seconds)),
    ...shownField(request),
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
  return wasStopped && jobStateOf(execution).task === undefined;
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
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
    case STATES.taskGiven:
    case STATES.refuseInput:
    case STATES.submitTask:
    case STATES.adoptTask:
      return 'queued';
    case STATES.copyVideo:
    case STATES.videoReady:
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
