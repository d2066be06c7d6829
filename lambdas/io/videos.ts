import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Video } from '../core/answer.ts';
import { isExecutionName } from '../core/execution-name.ts';
import { jobKey } from '../core/job-record.ts';
import { Refusal, videoNotFound } from '../core/problem.ts';
import { type Execution, isTaskUnknown, storedVideo, toVideo } from '../core/video.ts';
import { logWarning } from './api-call.ts';
import type { Bucket } from './bucket.ts';
import type { Executions } from './executions.ts';

/** The execution of the video that a request names in its path. @throws Refusal where there is none */
export async function executionOf(
  { pathParameters }: APIGatewayProxyEvent,
  executions: Pick<Executions, 'find'>,
): Promise<Execution> {
  const videoId = pathParameters?.video_id ?? '';
  const execution = isExecutionName(videoId) ? await executions.find(videoId) : undefined;
  if (execution === undefined) throw new Refusal(videoNotFound(videoId));
  return execution;
}

/** Turns executions into the videos that they are. */
export interface Videos {
  /** With a fresh link where the video is stored, and the task as it was written down where the history does not have it. */
  show(execution: Execution, now: Date): Promise<Video>;
}

/** @param warn is told where what was written down could not be read; the video is shown without it */
export function createVideos(bucket: Pick<Bucket, 'signLink' | 'readJson'>, warn = logWarning): Videos {
  return {
    async show(execution, now) {
      const stored = storedVideo(execution);
      const link = stored === undefined ? undefined : await bucket.signLink(stored.key, now);
      const recorded = isTaskUnknown(execution)
        ? await bucket.readJson(jobKey(execution.name)).catch(warn)
        : undefined;
      return toVideo({ ...execution, recorded }, now, link);
    },
  };
}
