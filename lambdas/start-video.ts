import { v7 as timeSortedId } from 'uuid';
import { badRequest } from './core/problem.ts';
import { parseVideoRequest } from './core/request.ts';
import { RETRY_AFTER_SECONDS, toVideo } from './core/video.ts';
import { apiCall, bodyText, jsonReply, problemReply } from './io/api-call.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions } from './io/executions.ts';

const environment = readEnvironment('start-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);

/** `POST /videos`: checks the request and starts its execution, whose name is the video's id. */
export const handler = apiCall(async (event) => {
  const request = parseVideoRequest(bodyText(event));
  if (!request.ok) return problemReply(badRequest(request.faults));

  const name = timeSortedId();
  const { startDate } = await executions.start(name, request.value);
  const video = toVideo({ name, status: 'RUNNING', startDate, input: request.value });
  return jsonReply(202, video, { location: `/videos/${name}`, 'retry-after': String(RETRY_AFTER_SECONDS) });
});
