import { isExecutionName } from './core/execution-name.ts';
import { retryAfterSeconds } from './core/outlook.ts';
import { Refusal, videoNotFound } from './core/problem.ts';
import { isFinished } from './core/video.ts';
import { apiCall, jsonReply } from './io/api-call.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions } from './io/executions.ts';
import { createVideos } from './io/videos.ts';

const environment = readEnvironment('get-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const videos = createVideos(createBucket(environment.VIDEO_BUCKET));

/** `GET /videos/{video_id}`: how the video is doing, with a link signed afresh when it is ready. */
export const handler = apiCall(async (event, now) => {
  const videoId = event.pathParameters?.video_id ?? '';
  const execution = isExecutionName(videoId) ? await executions.find(videoId) : undefined;
  if (execution === undefined) throw new Refusal(videoNotFound(videoId));

  const video = await videos.show(execution, now);
  if (isFinished(execution)) return jsonReply(200, video);
  return jsonReply(200, video, { 'retry-after': String(retryAfterSeconds(video, now)) });
});
