import {
  type AnsweredChallenge,
  type ReceivedCallback,
  receivedCallbackSchema,
  type StoredToken,
  storedTokenSchema,
} from '../../core/callback.ts';
import { callbackKey, callbackTokenKey, challengeKey } from '../../core/storage-keys.ts';
import type { JsonObjects } from '../aws/s3-objects.ts';
import type { TaskCallback } from '../aws/task-token.ts';

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
  /** Writes down that MiniMax was answered. */
  recordChallenge(videoId: string, now: Date): Promise<void>;
}

/** How Step Functions says that nobody waits for a token, or no longer. */
const NO_LONGER_WAITED_FOR: readonly string[] = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

export interface CallbackSignalsOptions {
  readonly objects: Pick<JsonObjects, 'readJson' | 'putJson'>;
  readonly waits: Pick<TaskCallback, 'succeed'>;
}

export function createCallbackSignals({ objects, waits }: CallbackSignalsOptions): CallbackSignals {
  async function endWait(taskToken: string, callback: ReceivedCallback): Promise<void> {
    await waits.succeed(taskToken, callback).catch((error: unknown) => {
      if (!(error instanceof Error && NO_LONGER_WAITED_FOR.includes(error.name))) throw error;
    });
  }

  return {
    async callback(videoId, now) {
      const callback: ReceivedCallback = { callback_received_at: now.toISOString() };
      await objects.putJson(callbackKey(videoId), callback);
      const waiting = await objects.readJson(callbackTokenKey(videoId));
      if (waiting !== undefined) await endWait(storedTokenSchema.parse(waiting).task_token, callback);
    },

    async wait(videoId, task_token) {
      const stored: StoredToken = { task_token };
      await objects.putJson(callbackTokenKey(videoId), stored);
      const received = await objects.readJson(callbackKey(videoId));
      if (received !== undefined) await endWait(task_token, receivedCallbackSchema.parse(received));
    },

    async recordChallenge(videoId, now) {
      const answered: AnsweredChallenge = { challenged_at: now.toISOString() };
      await objects.putJson(challengeKey(videoId), answered);
    },
  };
}

/** Forgets the callbacks so far, before a check: a callback from now on may be about something newer. @throws Failure `StorageUnavailable` */
export async function clearPending(objects: Pick<JsonObjects, 'remove'>, videoId: string): Promise<void> {
  await Promise.all([callbackKey, callbackTokenKey].map((key) => objects.remove(key(videoId))));
}
