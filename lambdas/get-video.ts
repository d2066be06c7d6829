import { jobKey } from './core/job-record.ts';
import { videoNotFound } from './core/problem.ts';
import { isFinished, isTaskUnknown, RETRY_AFTER_SECONDS, storedVideo, toVideo } from './core/video.ts';
import { apiCall, jsonReply, problemReply } from './io/api-call.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions } from './io/executions.ts';

const environment = readEnvironment('get-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);

/** `GET /videos/{video_id}`: how the video is doing, with a link signed afresh when it is ready. */
export const handler = apiCall(async (event, now) => {
  const videoId = event.pathParameters?.video_id ?? '';
  const execution = isExecutionName(videoId) ? await executions.find(videoId) : undefined;
  if (execution === undefined) return problemReply(videoNotFound(videoId));

  const stored = storedVideo(execution);
  const link = stored === undefined ? undefined : await bucket.signLink(stored.key, now);
  const recorded = isTaskUnknown(execution) ? await bucket.readJson(jobKey(videoId)) : undefined;
  const headers: Record<string, string> = isFinished(execution)
    ? {}
    : { 'retry-after': String(RETRY_AFTER_SECONDS) };
  return jsonReply(200, toVideo({ ...execution, recorded }, link), headers);
});

/** Step Functions takes names of 1 to 80 such characters; anything else cannot be a video's id. */
function isExecutionName(name: string): boolean {
  return /^[\w-]{1,80}$/.test(name);
}
