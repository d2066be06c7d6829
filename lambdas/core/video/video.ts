import * as z from 'zod/mini';
import type { Video } from '../api/response.ts';
import type { StoredVideo } from '../job/job.ts';
import { shown } from '../job/job-schema.ts';
import { isShallow } from '../json/depth.ts';
import { shownField } from '../minimax/request-kind.ts';
import { toError } from './error.ts';
import { type Execution, isFinished, jobStateOf, requestOf, toJobState } from './execution.ts';
import { toProgressFields } from './progress.ts';
import { toStatus } from './status.ts';
import { type StoredFile, toFileFields } from './stored-file.ts';

/** Can a callback of MiniMax change what is shown of the video? */
export function expectsCallback(execution: Execution): boolean {
  return jobStateOf(execution).callbacks?.active === true;
}

/** The object that a finished execution left in the bucket. */
export function storedVideo(execution: Execution): StoredVideo | undefined {
  return execution.status === 'SUCCEEDED' ? toJobState(execution.output).video : undefined;
}

/** @param file needed for a video that was stored, and only there */
export function toVideo(execution: Execution, now: Date, file?: StoredFile): Video {
  const { request } = requestOf(execution);
  const { startDate, stopDate } = execution;
  const { task, check, error } = jobStateOf(execution);
  const isOver = isFinished(execution);
  const hasFailed = isOver && execution.status !== 'SUCCEEDED';
  return {
    video_id: execution.name,
    status: toStatus(execution),
    created_at: startDate.toISOString(),
    finished_at: stopDate?.toISOString(),
    elapsed_seconds: secondsBetween(startDate, stopDate ?? now),
    ...(isOver ? undefined : toProgressFields(execution, toJobState(execution.stateInput).wait_seconds)),
    ...shownField(request),
    task_id: task?.task_id,
    polls: check?.polls,
    metadata: metadataOf(request),
    ...toFileFields(storedVideo(execution), file),
    error: hasFailed ? toError(execution, { task, check, error }) : undefined,
  };
}

const requestSchema = z.object({ metadata: shown(z.record(z.string(), z.unknown())) });

/** What was started in the console may be any JSON. */
function metadataOf(request: unknown): Video['metadata'] {
  const { metadata } = z.safeParse(requestSchema, request).data ?? {};
  return isShallow(metadata) ? metadata : undefined;
}

/** A stopped execution does not show the task that its last step has submitted. */
export function isTaskUnknown(execution: Execution): boolean {
  const wasStopped = execution.status === 'ABORTED' || execution.status === 'TIMED_OUT';
  return wasStopped && jobStateOf(execution).task === undefined;
}

/** Whole seconds. 0 where the clocks differ. */
export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
}
