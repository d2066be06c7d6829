import type { MoneySpent } from './failure.ts';
import type { CheckedJob, CopiedJob, SubmittedJob } from './job.ts';
import { recordedTask } from './job-record.ts';
import type { FailedJob } from './recorded-failure.ts';
import { toError } from './video-error.ts';

export type VideoStatus =
  | 'queued'
  | 'generating'
  | 'copying'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'timed_out';

/** A video as our HTTPS API answers it. Times are ISO 8601; neither an ARN nor an account id is in it. */
export interface Video {
  readonly video_id: string;
  readonly status: VideoStatus;
  readonly created_at: string;
  readonly finished_at?: string;
  readonly template_id?: string;
  readonly task_id?: string;
  readonly polls?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly video?: {
    readonly url: string;
    readonly url_expires_at: string;
    readonly s3_uri: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly content_type: string;
  };
  readonly error?: {
    readonly type: string;
    readonly title: string;
    readonly detail: string;
    readonly money_spent: MoneySpent;
  };
}

/** An execution as Step Functions tells it; `stateName` and `stateInput` are of the newest state it entered. */
export interface Execution {
  readonly name: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly stateName?: string;
  readonly stateInput?: unknown;
  /** What lies in the bucket as its job document, where that was looked for. */
  readonly recorded?: unknown;
}

/** A link to the stored object that anybody can open until it expires. */
export interface SignedLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** How long a caller should let pass between two looks at an unfinished video. */
export const RETRY_AFTER_SECONDS = 10;

/** The job document, as far as an execution has come with it. */
export type Card = Partial<SubmittedJob & CheckedJob & CopiedJob & Pick<FailedJob, 'error'>>;

export function isFinished({ status }: Execution): boolean {
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/** The object that a finished execution left in the bucket. */
export function storedVideo(execution: Execution): CopiedJob['video'] | undefined {
  return execution.status === 'SUCCEEDED' ? toCard(execution.output).video : undefined;
}

/** @param link needed for a video that is stored, and only there */
export function toVideo(execution: Execution, link?: SignedLink): Video {
  const { template_id, metadata } = toCard(execution.input) as {
    template_id?: unknown;
    metadata?: Video['metadata'];
  };
  const card = withRecord(toCard(execution.output ?? execution.stateInput), execution);
  const stored = storedVideo(execution);
  const taskId = card.task?.task_id;
  const polls = card.check?.polls;
  return {
    video_id: execution.name,
    status: toStatus(execution),
    created_at: execution.startDate.toISOString(),
    ...(execution.stopDate === undefined ? {} : { finished_at: execution.stopDate.toISOString() }),
    ...(typeof template_id === 'string' ? { template_id } : {}),
    ...(taskId === undefined ? {} : { task_id: taskId }),
    ...(polls === undefined ? {} : { polls }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(stored === undefined || link === undefined ? {} : { video: toStored(stored, link) }),
    ...(hasFailed(execution) ? { error: toError(execution, card) } : {}),
  };
}

/** A stopped execution may not have heard of the task that it has submitted. */
export function isTaskUnknown(execution: Execution): boolean {
  const wasStopped = execution.status === 'ABORTED' || execution.status === 'TIMED_OUT';
  return wasStopped && toCard(execution.stateInput).task === undefined;
}

function withRecord(card: Card, { recorded, startDate }: Execution): Card {
  const task = card.task ?? recordedTask(recorded, startDate.toISOString());
  return task === undefined ? card : { ...card, task };
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

function toStored(
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

function toCard(value: unknown): Card {
  return typeof value === 'object' && value !== null ? value : {};
}
