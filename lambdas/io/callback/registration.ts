import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { challengeKey, wasChallenged } from '../../core/callback.ts';
import type { Bell, NewJob } from '../../core/job/job.ts';
import type { Bucket } from '../aws/bucket.ts';
import { inTime } from '../timing.ts';
import { toCallbackUrl } from './token.ts';

const MAX_AGE_SECONDS = 300;

/** So short that the create, and writing its task down, keep the time that they are worth. */
const READ_MS = 5_000;

/** The bell at which MiniMax is asked to ring, as the create sees it. */
export interface OwnBell {
  /** What to give MiniMax as the `callback_url` of this video. @throws Error where the secret could not be read */
  callbackUrl(videoId: string, signal: AbortSignal): Promise<string>;
  /** What has become of it, when the create has been answered. @throws Error where the bucket could not be read */
  standing(
    job: Pick<NewJob, 'video_id' | 'created_at'>,
    create: AnsweredCreate,
    signal: AbortSignal,
  ): Promise<Bell>;
}

interface AnsweredCreate {
  readonly callbackUrl?: string | undefined;
  readonly callbackRefusal?: string | undefined;
}

interface OwnBellOptions {
  /** As in `https://…/prod/bell`. */
  readonly url: string;
  /** The name or the ARN of the secret by which those are known who may ring. */
  readonly secretId: string;
  readonly bucket: Pick<Bucket, 'readJson'>;
}

export function createOwnBell({ url, secretId, bucket }: OwnBellOptions): OwnBell {
  const unheard = (note: string): Bell => ({ listening: false, rings: 0, note });
  return {
    async callbackUrl(videoId, signal) {
      const reading = getSecret(secretId, { maxAge: MAX_AGE_SECONDS });
      const secret = await inTime(reading, soon(signal));
      if (typeof secret !== 'string') throw new Error(`The secret ${secretId} holds no text.`);
      return toCallbackUrl(url, secret, videoId);
    },

    async standing({ video_id, created_at }, { callbackUrl, callbackRefusal }, signal) {
      if (callbackUrl === undefined) return unheard('MiniMax was not asked to ring.');
      if (callbackRefusal !== undefined)
        return unheard(`MiniMax refused to ring (${callbackRefusal}), and took the task without.`);
      const found = await inTime(bucket.readJson(challengeKey(video_id)), soon(signal));
      if (wasChallenged(found, created_at)) return { listening: true, rings: 0 };
      return unheard('MiniMax took the task, but never tried the bell.');
    },
  };
}

function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]);
}
