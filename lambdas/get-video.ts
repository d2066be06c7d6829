import { retryAfterSeconds } from './core/outlook.ts';
import { isFinished, mayRing } from './core/video.ts';
import { apiCall, jsonReply } from './io/api-call.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions } from './io/executions.ts';
import { createVideos, executionOf } from './io/videos.ts';

const environment = readEnvironment('get-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const videos = createVideos(createBucket(environment.VIDEO_BUCKET));

/** `GET /videos/{video_id}`: how the video is doing, with a link signed afresh when it is ready. */
export const handler = apiCall(async (event, now) => {
  const execution = await executionOf(event, executions);
  const video = await videos.show(execution, now);
  if (isFinished(execution)) return jsonReply(200, video);
  const seconds = retryAfterSeconds(video, now, mayRing(execution));
  return jsonReply(200, video, { 'retry-after': String(seconds) });
});
