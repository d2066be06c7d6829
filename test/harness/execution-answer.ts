import { SFNClient } from '@aws-sdk/client-sfn';
import type { Video } from '../../lambdas/core/api/response.ts';
import { parseJobRecord } from '../../lambdas/core/job/job-record.ts';
import { toVideo } from '../../lambdas/core/video/video.ts';
import { createExecutions } from '../../lambdas/io/aws/executions.ts';
import type { RunningService } from './running-service.ts';

/** In the place of a link that is signed anew for each answer. */
const LINK = { url: 'https://s3/link', expiresAt: new Date(0) };

/** A client of the service's Step Functions. */
export function stepFunctionsOf({ service }: Pick<RunningService, 'service'>): SFNClient {
  const { AWS_ENDPOINT_URL_SFN: endpoint, AWS_REGION: region } = service.environment;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = service.environment;
  return new SFNClient({ region, endpoint, credentials: { accessKeyId, secretAccessKey } });
}

/** The answer of `GET` for an ended video, made from its execution and not from its job document. */
export async function videoOfExecution(running: RunningService, videoId: string): Promise<Video> {
  const client = stepFunctionsOf(running);
  const execution = await createExecutions(running.service.engine.stateMachineArn, client).find(videoId);
  client.destroy();
  if (execution === undefined) throw new Error(`The execution ${videoId} is gone.`);
  const recorded = parseJobRecord(JSON.stringify(await running.storedJob(videoId)) ?? '');
  return withoutLink(toVideo({ ...execution, recorded }, new Date(), LINK));
}

/** As the API sends it: JSON has no fields that are undefined. */
export function withoutLink(video: Video): Video {
  const { url: _url, url_expires_at: _expires, ...stored } = video.video ?? {};
  const rest = video.video === undefined ? {} : { video: stored };
  return JSON.parse(JSON.stringify({ ...video, ...rest }));
}
