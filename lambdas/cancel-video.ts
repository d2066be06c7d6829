import { Refusal, toProblem } from './core/problem.ts';
import { isFinished } from './core/video.ts';
import { apiCall, jsonReply } from './io/api-call.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions } from './io/executions.ts';
import { createVideos, executionOf } from './io/videos.ts';

const environment = readEnvironment('cancel-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const videos = createVideos(createBucket(environment.VIDEO_BUCKET));

/** `DELETE /videos/{video_id}`: stops waiting. MiniMax cannot be stopped, and the answer says so. */
export const handler = apiCall(async (event, now) => {
  const before = await executionOf(event, executions);
  const videoId = before.name;
  if (isFinished(before)) throw finishedAlready(videoId);

  const cause = `Cancelled through the API by request ${event.requestContext.requestId}. MiniMax does not hear of it.`;
  const { stopDate } = await executions.stop(videoId, cause);
  const after = (await executions.find(videoId)) ?? before;
  // It may have ended by itself just before; and Step Functions may still describe it as running.
  if (isFinished(after) && after.status !== 'ABORTED') throw finishedAlready(videoId);
  return jsonReply(200, await videos.show({ ...after, status: 'ABORTED', stopDate }, now));
});

function finishedAlready(videoId: string): Refusal {
  const detail = `The video ${videoId} has ended, and stays as it is: GET it to see how.`;
  return new Refusal(toProblem('video-finished', detail));
}
