import { Failure } from './failure.ts';
import type { Job, NewJob, SubmittedJob } from './job.ts';
import { asRecorded } from './recorded-request.ts';
import type { NewTaskRequest } from './request.ts';
import type { VideoRecord } from './video-record.ts';

/** Where the job document of a video lies in the bucket. */
export function jobKey(videoId: string): string {
  return `videos/${videoId}/job.json`;
}

/** What tells an execution from every other: its name is free again after 90 days. */
export type Identity = Pick<Job, 'video_id' | 'created_at'>;

/** A wait that can be ended before its time has to have some: https://states-language.net/#task-timeout */
const SHORTEST_WAIT_SECONDS = 1;

/** How long before its function a step may have been entered, by whichever clock. */
const LATE_START_MS = 60_000;

/**
 * Does a record say that the execution has ended since a step was entered? A function that still runs after its execution was
 * stopped has to leave that alone. One that began much later goes on where a redrive does; a redrive at once has its card in
 * the history alone, until its own end is recorded.
 */
export function isOver(found: unknown, begunAt: Date): boolean {
  return endedAfter(found, begunAt.getTime() - LATE_START_MS);
}

/** Is what lies there the record of an end that is later than this? @param milliseconds since the epoch */
export function endedAfter(found: unknown, milliseconds: number): boolean {
  const { status, finished_at = '' } = (found ?? {}) as Partial<VideoRecord>;
  return status !== undefined && Date.parse(finished_at) > milliseconds;
}

/** Is what lies there the card of a video that is made, or that failed, or the record of one that has ended at all? */
export function isFinal(found: unknown): boolean {
  const { finished_at } = (found ?? {}) as { readonly finished_at?: unknown };
  return finished_at !== undefined;
}

/** The task of a job document that was read back from the bucket, if it is of the execution that was started at that time. */
export function recordedTask(recorded: unknown, createdAt: string): SubmittedJob['task'] | undefined {
  const { task, created_at } = (recorded ?? {}) as Partial<SubmittedJob>;
  return created_at === createdAt && typeof task?.task_id === 'string' ? task : undefined;
}

/**
 * What a redriven `Submit task` goes on with: the task that it had written down before the execution was stopped.
 * @throws Failure `SubmitOutcomeUnknown` where it had not, because a create may have been under way
 */
export function resumed(
  { redrives, can_ring: _canRing, ...job }: NewJob & { readonly request: NewTaskRequest },
  recorded: unknown,
  now: Date,
): SubmittedJob {
  const task = recordedTask(recorded, job.created_at);
  if (task === undefined) {
    throw new Failure(
      'SubmitOutcomeUnknown',
      'The execution had been stopped while a create may have been under way, and a redrive never sends another.',
    );
  }
  const request = asRecorded(job.request);
  const waiting = { ...task, waiting_since: now.toISOString() };
  return { ...job, request, task: waiting, wait_seconds: SHORTEST_WAIT_SECONDS, redrives };
}
