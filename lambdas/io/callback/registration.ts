import { wasChallenged } from '../../core/callback.ts';
import type { CallbackState, NewJob } from '../../core/job/job.ts';
import { challengeKey } from '../../core/storage-keys.ts';
import type { Bucket } from '../aws/bucket.ts';
import { raceSignal } from '../timing.ts';
import { createCallbackSecret } from './secret.ts';
import { toCallbackUrl } from './token.ts';

/** So short that the create, and writing its task down, keep the time that they are worth. */
const READ_MS = 5_000;

/** The bell at which MiniMax is asked to ring, as the create sees it. */
export interface CallbackRegistration {
  /** What to give MiniMax as the `callback_url` of this video. @throws Error where the secret could not be read */
  callbackUrl(videoId: string, signal: AbortSignal): Promise<string>;
  /** What has become of it, when the create has been answered. @throws Error where the bucket could not be read */
  callbackStatus(
    job: Pick<NewJob, 'video_id' | 'created_at'>,
    create: AnsweredCreate,
    signal: AbortSignal,
  ): Promise<CallbackState>;
}

interface AnsweredCreate {
  readonly callbackUrl?: string | undefined;
  readonly callbackRejection?: string | undefined;
}

interface CallbackRegistrationOptions {
  /** As in `https://…/prod/callbacks`. */
  readonly url: string;
  /** The name or the ARN of the secret by which those are known who may ring. */
  readonly secretId: string;
  readonly bucket: Pick<Bucket, 'readJson'>;
}

export function createCallbackRegistration({
  url,
  secretId,
  bucket,
}: CallbackRegistrationOptions): CallbackRegistration {
  const secret = createCallbackSecret(secretId);
  const notRegistered = (note: string): CallbackState => ({ active: false, received: 0, note });
  return {
    async callbackUrl(videoId, signal) {
      return toCallbackUrl(url, await raceSignal(secret(), soon(signal)), videoId);
    },

    async callbackStatus({ video_id, created_at }, { callbackUrl, callbackRejection }, signal) {
      if (callbackUrl === undefined) return notRegistered('MiniMax was not asked to ring.');
      if (callbackRejection !== undefined)
        return notRegistered(`MiniMax refused to ring (${callbackRejection}), and took the task without.`);
      const found = await raceSignal(bucket.readJson(challengeKey(video_id)), soon(signal));
      if (wasChallenged(found, created_at)) return { active: true, received: 0 };
      return notRegistered('MiniMax took the task, but never tried the bell.');
    },
  };
}

function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]);
}
