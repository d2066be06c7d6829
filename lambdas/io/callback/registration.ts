import { wasChallenged } from '../../core/callback.ts';
import type { CallbackState, NewJob } from '../../core/job/job.ts';
import { challengeKey } from '../../core/storage-keys.ts';
import type { Bucket } from '../aws/bucket.ts';
import { raceSignal } from '../timing.ts';
import { createCallbackSecretReader } from './secret.ts';
import { toCallbackUrl } from './token.ts';

/** Kept short, so that most of the function's time is left for the create and for writing its task down. */
const READ_TIMEOUT_MS = 5_000;

/** Registers the `callback_url` of a video with its create, and finds out whether MiniMax accepted it. */
export interface CallbackRegistration {
  /** The `callback_url` for the create of this video. @throws Error where the secret could not be read */
  callbackUrl(videoId: string, signal: AbortSignal): Promise<string>;
  /** Whether MiniMax will call back, once the create is answered. @throws Failure `StorageUnavailable`, or the signal's reason */
  callbackStatus(
    job: Pick<NewJob, 'video_id' | 'created_at'>,
    create: AnsweredCreate,
    signal: AbortSignal,
  ): Promise<CallbackState>;
}

interface AnsweredCreate {
  /** What the create was sent with. @default it was sent without */
  readonly callbackUrl?: string;
  /** MiniMax's message where it rejected a create because of its `callback_url`. */
  readonly callbackRejection?: string;
}

interface CallbackRegistrationOptions {
  /** As in `https://…/prod/callbacks`. */
  readonly url: string;
  /** The name or the ARN of the secret that callback tokens are made with. */
  readonly secretId: string;
  readonly bucket: Pick<Bucket, 'readJson'>;
}

export function createCallbackRegistration({
  url,
  secretId,
  bucket,
}: CallbackRegistrationOptions): CallbackRegistration {
  const secret = createCallbackSecretReader(secretId);
  return {
    async callbackUrl(videoId, signal) {
      return toCallbackUrl(url, await raceSignal(secret(), withReadTimeout(signal)), videoId);
    },

    async callbackStatus({ video_id, created_at }, { callbackUrl, callbackRejection }, signal) {
      if (callbackUrl === undefined) return notRegistered('The create had no callback_url.');
      if (callbackRejection !== undefined)
        return notRegistered(
          `MiniMax rejected the callback_url (${callbackRejection}), and accepted the task without it.`,
        );
      const found = await raceSignal(bucket.readJson(challengeKey(video_id)), withReadTimeout(signal));
      if (wasChallenged(found, created_at)) return { active: true, received: 0 };
      return notRegistered('MiniMax accepted the task, but never sent its challenge.');
    },
  };
}

function notRegistered(note: string): CallbackState {
  return { active: false, received: 0, note };
}

function withReadTimeout(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(READ_TIMEOUT_MS)]);
}
