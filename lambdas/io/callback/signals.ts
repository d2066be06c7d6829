import {
  type AnsweredChallenge,
  type ReceivedCallback,
  receivedCallbackSchema,
  type StoredTaskToken,
  storedTaskTokenSchema,
} from '../../core/callback.ts';
import { callbackKey, callbackTokenKey, challengeKey } from '../../core/storage-keys.ts';
import type { JsonObjects } from '../aws/s3-objects.ts';
import type { TaskCallback } from '../aws/task-token.ts';

/**
 * A callback of MiniMax ends a wait of the execution. Two objects of the video connect them:
 *
 *     Wait for callback (`wait`)      Receive callback (`receive`)     Check task (`clearPending`)
 *     1. put callback-token.json      1. put callback.json             1. delete both objects
 *     2. get callback.json            2. get callback-token.json       2. query MiniMax
 *     3. if found: SendTaskSuccess    3. if found: SendTaskSuccess
 *
 * Both sides put their own object before they get the other one, and S3 is strongly consistent. So at least one of them finds the
 * other's object, no callback is lost, and no put needs a condition.
 *
 * | the callback arrives         | effect                                                                   |
 * |------------------------------|--------------------------------------------------------------------------|
 * | before the wait begins       | step 3 of `wait` ends it                                                 |
 * | while the wait lasts         | step 3 of `receive` ends it                                              |
 * | while the wait begins        | both may send; Step Functions rejects the second one, which is ignored   |
 * | between timeout and deletion | Step Functions rejects the token; the check is about to ask MiniMax      |
 * | after the deletion           | the next wait ends at once: MiniMax may have answered before the change  |
 *
 * A challenge writes `challenge.json` instead. `Submit task` reads it after the create, and decides whether to wait for callbacks.
 */
export interface CallbackSignals {
  /** Stores a callback, and ends a wait whose token is stored. @throws Error of S3 or Step Functions */
  receive(videoId: string, now: Date): Promise<void>;
  /** Stores the token of a wait that begins, and ends it where a callback is stored. @throws Error of S3 or Step Functions */
  wait(videoId: string, taskToken: string): Promise<void>;
  /** Stores that a challenge was answered. @throws Failure `StorageUnavailable` */
  recordChallenge(videoId: string, now: Date): Promise<void>;
}

/** Errors of SendTaskSuccess for a wait that is over. https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const TOKEN_NO_LONGER_VALID: readonly string[] = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

export interface CallbackSignalsOptions {
  readonly objects: Pick<JsonObjects, 'readJson' | 'putJson'>;
  readonly waits: Pick<TaskCallback, 'succeed'>;
}

export function createCallbackSignals({ objects, waits }: CallbackSignalsOptions): CallbackSignals {
  async function resumeExecution(taskToken: string, callback: ReceivedCallback): Promise<void> {
    await waits.succeed(taskToken, callback).catch((error: unknown) => {
      const isOver = error instanceof Error && TOKEN_NO_LONGER_VALID.includes(error.name);
      if (!isOver) throw error;
    });
  }

  return {
    async receive(videoId, now) {
      const callback: ReceivedCallback = { callback_received_at: now.toISOString() };
      await objects.putJson(callbackKey(videoId), callback);
      const stored = await objects.readJson(callbackTokenKey(videoId));
      if (stored !== undefined)
        await resumeExecution(storedTaskTokenSchema.parse(stored).task_token, callback);
    },

    async wait(videoId, task_token) {
      const token: StoredTaskToken = { task_token };
      await objects.putJson(callbackTokenKey(videoId), token);
      const received = await objects.readJson(callbackKey(videoId));
      if (received !== undefined) await resumeExecution(task_token, receivedCallbackSchema.parse(received));
    },

    async recordChallenge(videoId, now) {
      const answered: AnsweredChallenge = { challenged_at: now.toISOString() };
      await objects.putJson(challengeKey(videoId), answered);
    },
  };
}

/** Deletes callback and token before a check, so that a later callback ends the next wait. @throws Failure `StorageUnavailable` */
export async function clearPending(objects: Pick<JsonObjects, 'remove'>, videoId: string): Promise<void> {
  await Promise.all([callbackKey, callbackTokenKey].map((key) => objects.remove(key(videoId))));
}
