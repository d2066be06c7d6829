import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readEnvironment, toListRules, toRetentionDays } from './io/environment.ts';
import { createImageStore } from './io/image/uploads.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, logWarning } from './io/lambda/api-handler.ts';
import { createTable } from './io/table/table.ts';
import { createTaskOwners } from './io/table/task-owners.ts';
import { createVideoIndex } from './io/table/video-index.ts';
import { createDailyLimit } from './io/video/daily-limit.ts';
import { toStartRequest } from './io/video/start-request.ts';
import { createStarts } from './io/video/starts.ts';
import { createVideos } from './io/video/videos.ts';

const environment = readEnvironment('start-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const table = createTable(environment.VIDEO_TABLE);
const listRules = toListRules(environment);
const { visibility } = listRules;
const videos = createVideos({
  executions,
  records: createJobRecords(bucket),
  bucket,
  visibility,
  retentionDays: toRetentionDays(environment),
});
const rules = { host: environment.MINIMAX_API_HOST, bucket: environment.VIDEO_BUCKET, visibility };
const starts = createStarts({
  executions,
  videos,
  images: createImageStore(environment.VIDEO_BUCKET),
  dailyLimit: createDailyLimit(Number(environment.POSTS_PER_DAY), table),
  taskOwners: listRules.visibility === 'owner' ? createTaskOwners(table) : undefined,
  index: createVideoIndex(table, listRules),
  warn: logWarning,
  rules,
});

/** `POST /videos`: starts an execution. A repeated `Idempotency-Key` starts nothing, also where the rules have changed since. */
export const handler = apiHandler(async (event, now) => {
  const request = toStartRequest(event, now, { rules, namespace: environment.NAMESPACE });
  const earlier = request.isRepeatable ? await videos.find(request.videoId) : undefined;
  return earlier === undefined ? starts.startNew(request) : starts.replay(earlier, request);
});
