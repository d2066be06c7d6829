import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';
import { createForgottenVideos } from './io/video/forgotten-videos.ts';
import { toListRequest } from './io/video/list-request.ts';
import { createVideoList } from './io/video/video-list.ts';

const environment = readEnvironment('list-videos');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const forgotten = createForgottenVideos({ bucket, records: createJobRecords(bucket), executions });
const list = createVideoList({ executions, forgotten });

/** `GET /videos`: a page of the videos, newest first. */
export const handler = apiHandler(async (event, now) =>
  jsonReply(200, await list.page(toListRequest(event), now)),
);
