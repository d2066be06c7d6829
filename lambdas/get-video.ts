import { retryAfterSeconds } from './core/video/progress.ts';
import { expectsCallback } from './core/video/video.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readEnvironment, toRetentionDays, toVisibility } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';
import { createVideos, hasEnded } from './io/video/videos.ts';

const environment = readEnvironment('get-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const visibility = toVisibility(environment);
const videos = createVideos({
  executions,
  records: createJobRecords(bucket),
  bucket,
  visibility,
  retentionDays: toRetentionDays(environment),
});

/** `GET /videos/{video_id}`: how the video is doing, with a link signed afresh when it is ready. */
export const handler = apiHandler(async (event, now) => {
  const known = await videos.named(event);
  const video = await videos.show(known, now);
  if (hasEnded(known)) return jsonReply(200, video);
  const isCalledBack = known.by === 'execution' && expectsCallback(known.execution);
  const seconds = retryAfterSeconds(video, now, isCalledBack);
  return jsonReply(200, video, { 'retry-after': String(seconds) });
});
