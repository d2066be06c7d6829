import type { AnsweredChallenge, ReceivedCallback, StoredToken } from '../../core/callback.ts';
import { callbackKey, callbackTokenKey, challengeKey } from '../../core/storage-keys.ts';
import { AwsRefusal, type LightAws } from '../aws/fetch-client.ts';

/**
 * Callbacks of MiniMax, and the waits that they end. Who receives a callback writes it down and then reads the token of the
 * wait; who begins a wait writes its token down and then reads whether a callback has come. S3 is strongly consistent, so at
 * least one of both sees the other: no callback is lost, and no write needs a condition.
 */
export interface CallbackSignals {
  /** Writes a callback down, and ends the wait that there is. @throws Error where AWS does not let it */
  callback(videoId: string, now: Date): Promise<void>;
  /** Writes down the token of a wait that begins, and ends it at once where a callback has come already. @throws Error where AWS does not let it */
  wait(videoId: string, taskToken: string): Promise<void>;
  /** Forgets the callbacks so far, before a check: a callback from now on may be about something newer. */
  clearPending(videoId: string): Promise<void>;
  /** Writes down that MiniMax was answered. */
  recordChallenge(videoId: string, now: Date): Promise<void>;
}

/** How Step Functions says that nobody waits for a token, or no longer. */
const NO_LONGER_WAITED_FOR: readonly string[] = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

export function createCallbackSignals(aws: LightAws, bucket: string): CallbackSignals {
  async function endWait(taskToken: string, callback: ReceivedCallback): Promise<void> {
    const output = JSON.stringify(callback);
    await aws
      .call('states', 'AWSStepFunctions.SendTaskSuccess', { taskToken, output })
      .catch((error: unknown) => {
        if (!(error instanceof AwsRefusal && NO_LONGER_WAITED_FOR.includes(error.name))) throw error;
      });
  }

  return {
    async callback(videoId, now) {
      const callback: ReceivedCallback = { callback_received_at: now.toISOString() };
      await aws.putJson(bucket, callbackKey(videoId), callback);
      const waiting = await aws.readJson(bucket, callbackTokenKey(videoId));
      if (waiting !== undefined) await endWait((waiting.value as StoredToken).task_token, callback);
    },

    async wait(videoId, task_token) {
      const stored: StoredToken = { task_token };
      await aws.putJson(bucket, callbackTokenKey(videoId), stored);
      const received = await aws.readJson(bucket, callbackKey(videoId));
      if (received !== undefined) await endWait(task_token, received.value as ReceivedCallback);
    },

    async clearPending(videoId) {
      await Promise.all([callbackKey, callbackTokenKey].map((key) => aws.delete(bucket, key(videoId))));
    },

    async recordChallenge(videoId, now) {
      const answered: AnsweredChallenge = { challenged_at: now.toISOString() };
      await aws.putJson(bucket, challengeKey(videoId), answered);
    },
  };
}
