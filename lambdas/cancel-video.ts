import { ProblemError, toProblem } from './core/api/problem.ts';
import { type Ended, toStopped } from './core/completion/end.ts';
import { Failure } from './core/failure.ts';
import { howToAdoptTask } from './core/job/adoption.ts';
import { isFinal, type JobRecord } from './core/job/job-record.ts';
import { isFinished, keyOf } from './core/video/execution.ts';
import { isTaskUnknown } from './core/video/video.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, jsonReply, logWarning } from './io/lambda/api-handler.ts';
import { createVideos, hasEnded, idOf } from './io/video/videos.ts';

const environment = readEnvironment('cancel-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const records = createJobRecords(bucket);
const videos = createVideos({ executions, records, bucket });

/** `DELETE /videos/{video_id}`: stops waiting. MiniMax cannot be stopped, and the answer says so. */
export const handler = apiHandler(async (event, now) => {
  const known = await videos.named(event);
  const videoId = idOf(known);
  if (hasEnded(known)) throw finishedAlready(videoId);
  if (known.by === 'record') throw notRunning(known.record);

  const { requestId } = event.requestContext;
  const cause = `Cancelled through the API by request ${requestId}. MiniMax is not notified.`;
  const { stopDate } = await executions.stop(videoId, cause);
  const after = (await executions.find(videoId)) ?? known.execution;
  // It may have ended by itself just before; and Step Functions may still describe it as running.
  if (isFinished(after) && after.status !== 'ABORTED') throw finishedAlready(videoId);
  const stopped = { ...after, status: 'ABORTED', stopDate } as const;
  if (isTaskUnknown(stopped)) await shutOutCreate(stopped).catch(logWarning);
  const shown = await videos.of(stopped).catch(thrownUnread(videoId));
  return jsonReply(200, await videos.show(shown, now));
});

/** `Submit task` runs on when its execution is stopped; it sends no create once an end stands in the job document. */
async function shutOutCreate(stopped: Ended): Promise<void> {
  await records.update(keyOf(stopped), (found) =>
    found?.task !== undefined || isFinal(found ?? {}) ? undefined : toStopped(stopped),
  );
}

function finishedAlready(videoId: string): ProblemError {
  const detail = `The video ${videoId} has finished already and cannot be cancelled: GET it to see how it ended.`;
  return new ProblemError(toProblem('video-finished', detail));
}

/** Only the job document may know the task of a stopped execution. */
function thrownUnread(videoId: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Failure)) throw error;
    const detail = `${error.message} The video ${videoId} was stopped. Its job document may name a task that MiniMax goes on with: GET the video in a few seconds.`;
    throw new ProblemError(toProblem('storage-unavailable', detail), { 'retry-after': '5' });
  };
}

/** Its execution is gone, or is one of another deployment that uses the same bucket. */
function notRunning({ video_id, task }: JobRecord): ProblemError {
  const recoverySteps = task === undefined ? '' : ` MiniMax goes on with its task. ${howToAdoptTask(task)}`;
  const detail = `No execution of this service works on the video ${video_id}, so there is nothing to stop.${recoverySteps}`;
  return new ProblemError(toProblem('video-not-running', detail));
}
