import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ProblemError, toProblem } from '../../core/api/problem.ts';
import { hasEnded } from '../../core/job/redrive.ts';
import { isExecutionName } from '../../core/job/video-id.ts';
import type { JobDocuments } from '../job/job-documents.ts';
import { isCallbackToken } from './token.ts';

/** Is read instead of a video's id when the token is wrong. */
const NO_VIDEO = 'none';

const NOT_FOUND = toProblem('path-not-found', 'There is nothing at this address.');

/** The addresses that MiniMax may call. */
export interface CallbackAddresses {
  /**
   * The id of the video that a callback is for.
   * @throws ProblemError for a wrong token and for a video that has ended: one answer, after equal work
   */
  requireVideo(event: Pick<APIGatewayProxyEvent, 'pathParameters'>): Promise<string>;
}

interface Dependencies {
  readonly secret: () => Promise<string>;
  readonly documents: Pick<JobDocuments, 'read'>;
}

export function createCallbackAddresses({ secret, documents }: Dependencies): CallbackAddresses {
  return {
    async requireVideo({ pathParameters }) {
      const { video_id = '', token = '' } = pathParameters ?? {};
      const videoId = isExecutionName(video_id) ? video_id : NO_VIDEO;
      const isRight = isCallbackToken(await secret(), videoId, token);
      const found = await documents.read(isRight ? videoId : NO_VIDEO);
      const isOver = found.kind === 'record' && hasEnded(found.record);
      if (!isRight || isOver) throw new ProblemError(NOT_FOUND);
      return videoId;
    },
  };
}
