import { ProblemError, toProblem } from '../../core/api/problem.ts';
import { type Ended, toStopped } from '../../core/completion/end.ts';
import { Failure } from '../../core/failure.ts';
import { howToAdoptTask } from '../../core/job/adoption.ts';
import { isFinal, isHeldBy, type JobRecord, recordedTask } from '../../core/job/job-record.ts';
import { isFinished, jobStateOf, keyOf } from '../../core/video/execution.ts';
import { isTaskUnknown } from '../../core/video/video.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';
import type { VideoIndex } from '../table/video-index.ts';
import { listAtOnce } from './listing.ts';
import { hasEnded, idOf, type KnownVideo, type Videos } from './videos.ts';

export interface Cancellation {
  /** Stops the execution of a video. MiniMax cannot be stopped. @throws ProblemError where it does not run */
  cancel(known: KnownVideo, requestId: string): Promise<KnownVideo>;
}

interface Dependencies {
  readonly executions: Pick<Executions, 'find' | 'stop'>;
  readonly records: Pick<JobRecords, 'update'>;
  readonly videos: Pick<Videos, 'of'>;
  readonly index: Pick<VideoIndex, 'put'>;
  readonly warn: (error: Error) => undefined;
}

export function createCancellation(dependencies: Dependencies): Cancellation {
  const { executions, records, videos, index, warn } = dependencies;

  /** `Submit task` keeps running when its execution is stopped. It sends no create once the job document has an end. */
  async function shutOutCreate(stopped: Ended): Promise<void> {
    await records.update(keyOf(stopped), (found) => {
      // The end of an earlier run does not count: its redrive may be about to send.
      const isOver = isFinal(found ?? {}) && (found?.redrives ?? 0) >= stopped.redriveCount;
      return found?.task !== undefined || isOver ? undefined : toStopped(stopped);
    });
  }

  /**
   * The mark of a redrive comes a moment after the redrive. So only Step Functions knows whether a failed or stopped video runs again. One that has succeeded cannot be redriven.
   */
  async function latest(known: KnownVideo): Promise<KnownVideo> {
    if (known.by === 'execution' || known.record.status === 'succeeded' || !hasEnded(known)) return known;
    const execution = await executions.find(idOf(known));
    const isRunning = execution !== undefined && !isFinished(execution);
    // Another execution may have the name by now.
    return isRunning && isHeldBy(known.record, keyOf(execution)) ? { by: 'execution', execution } : known;
  }

  return {
    async cancel(given, requestId) {
      const known = await latest(given);
      const videoId = idOf(known);
      if (hasEnded(known)) throw finishedAlready(videoId);
      if (known.by === 'record') throw notRunning(known.record);

      const cause = `Cancelled through the API by request ${requestId}. MiniMax is not notified.`;
      const { stopDate } = await executions.stop(videoId, cause);
      const after = (await executions.find(videoId)) ?? known.execution;
      // The execution may have ended by itself just before, and DescribeExecution lags behind a stop.
      if (isFinished(after) && after.status !== 'ABORTED') throw finishedAlready(videoId);
      const stopped = { ...after, status: 'ABORTED', stopDate } as const;
      if (isTaskUnknown(stopped)) await shutOutCreate(stopped).catch(warn);
      const cancelled = await videos.of(stopped).catch((error: unknown) => {
        throw error instanceof Failure ? unread(videoId, error) : error;
      });
      await listAtOnce(index, toListed(stopped, cancelled), warn);
      return cancelled;
    },
  };
}

/** What the list shows of a stopped video until its end is announced. */
function toListed(stopped: Ended, cancelled: KnownVideo): JobRecord {
  const recorded = cancelled.by === 'record' ? cancelled.record : cancelled.execution.recorded;
  const task = jobStateOf(stopped).task ?? recordedTask(recorded, keyOf(stopped));
  return { ...toStopped(stopped), attempt: recorded?.attempt, task };
}

function finishedAlready(videoId: string): ProblemError {
  const detail = `The video ${videoId} has finished already and cannot be cancelled: GET it to see how it ended.`;
  return new ProblemError(toProblem('video-finished', detail));
}

/** Only the job document may know the task of a stopped execution. */
function unread(videoId: string, { message }: Failure): ProblemError {
  const detail = `${message} The video ${videoId} was stopped. Its job document may name a task that MiniMax continues: GET the video in a few seconds.`;
  return new ProblemError(toProblem('storage-unavailable', detail), { 'retry-after': '5' });
}

/** Its execution is gone, or belongs to another deployment that uses this bucket. */
function notRunning({ video_id, task }: JobRecord): ProblemError {
  const recoverySteps = task === undefined ? '' : ` MiniMax continues its task. ${howToAdoptTask(task)}`;
  const detail = `No execution of this service works on the video ${video_id}, so there is nothing to stop.${recoverySteps}`;
  return new ProblemError(toProblem('video-not-running', detail));
}
