import type { VideoHistory } from './core/api/workflow-response.ts';
import { toCursor } from './core/history/place.ts';
import { asRecorded } from './core/job/recorded-request.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readVisits } from './io/aws/history-pages.ts';
import { readEnvironment, toVisibility } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';
import { executionOf, historyNotFound } from './io/video/execution-of.ts';
import { cursorUnknown, toHistoryRequest } from './io/video/history-request.ts';
import { createVideos, idOf } from './io/video/videos.ts';

const environment = readEnvironment('get-history');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const visibility = toVisibility(environment);
const videos = createVideos({ executions, records: createJobRecords(bucket), bucket, visibility });

/** `GET /videos/{video_id}/history`: a page of the states that the video has visited, oldest first. */
export const handler = apiHandler(async (event) => {
  const { limit, from } = toHistoryRequest(event);
  const known = await videos.named(event);
  const { arn, request } = await executionOf(known, executions);
  const page = await readVisits(arn, limit, from);
  if (page === 'unknown place') throw cursorUnknown();
  if (page === 'unknown execution') throw historyNotFound(idOf(known));
  const history: VideoHistory = {
    video_id: idOf(known),
    request: asRecorded(request),
    states: [...page.visits],
    next_cursor: page.next && toCursor(page.next),
  };
  return jsonReply(200, history);
});
