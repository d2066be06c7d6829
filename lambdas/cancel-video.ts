import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readEnvironment, toListRules } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, jsonReply, logWarning } from './io/lambda/api-handler.ts';
import { createTable } from './io/table/table.ts';
import { createVideoIndex } from './io/table/video-index.ts';
import { createCancellation } from './io/video/cancellation.ts';
import { createVideos } from './io/video/videos.ts';

const environment = readEnvironment('cancel-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const rules = toListRules(environment);
const { visibility } = rules;
const records = createJobRecords(bucket);
const videos = createVideos({ executions, records, bucket, visibility });
const index = createVideoIndex(createTable(environment.VIDEO_TABLE), rules);
const cancellation = createCancellation({ executions, records, videos, index, warn: logWarning });

/** `DELETE /videos/{video_id}`: stops waiting. MiniMax cannot be stopped, and the answer says so. */
export const handler = apiHandler(async (event, now) => {
  const known = await videos.named(event);
  const cancelled = await cancellation.cancel(known, event.requestContext.requestId);
  return jsonReply(200, await videos.show(cancelled, now));
});
