import {
  type AnsweredChallenge,
  type BellState,
  bellKey,
  challengeKey,
  type Ring,
} from '../core/doorbell.ts';
import { growingPause } from './growing-pause.ts';
import { AwsRefusal, type LightAws } from './light-aws.ts';

/** The bells of all videos: objects of theirs in the bucket, and the waits of their executions. */
export interface Bells {
  /** Ends the wait of a video, or leaves a note for the next one. @throws Error where AWS does not let it */
  ring(videoId: string, now: Date): Promise<void>;
  /** Takes away what has rung so far, before somebody looks: whatever rings from now on may be about something newer. */
  silence(videoId: string): Promise<void>;
  /** Writes down that MiniMax was answered. */
  recordChallenge(videoId: string, now: Date): Promise<void>;
}

/** How Step Functions says that nobody waits for a token, or no longer. */
const WAITED_ENOUGH: readonly string[] = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** What another puts or takes away shows when it is done: a little more than a second for that, in all. */
const MOST_TURNS = 7;
const FIRST_PAUSE_MS = 10;

export function createBells(aws: LightAws, bucket: string): Bells {
  /** @returns whether somebody was waiting for it */
  async function wake(taskToken: string, ring: Ring): Promise<boolean> {
    try {
      const output = JSON.stringify(ring);
      await aws.call('states', 'AWSStepFunctions.SendTaskSuccess', { taskToken, output });
      return true;
    } catch (error) {
      if (error instanceof AwsRefusal && WAITED_ENOUGH.includes(error.name)) return false;
      throw error;
    }
  }

  /** @returns whether the ring will be seen; not where somebody rings, looks or begins to wait in this moment */
  async function ringOnce(key: string, ring: Ring): Promise<boolean> {
    const found = await aws.readJson(bucket, key);
    if (found === undefined) return aws.putJson(bucket, key, ring, 'absent');
    const state = found.value as BellState;
    if ('rung_at' in state || (await wake(state.task_token, ring))) return true;
    return aws.putJson(bucket, key, ring, { version: found.version });
  }

  return {
    async ring(videoId, now) {
      const ring: Ring = { rung_at: now.toISOString() };
      for (let turn = 0; turn < MOST_TURNS; turn += 1) {
        if (await ringOnce(bellKey(videoId), ring)) return;
        await growingPause(FIRST_PAUSE_MS, turn);
      }
      throw new Error(`The bell of ${videoId} could neither be read nor be rung in ${MOST_TURNS} turns.`);
    },

    silence: (videoId) => aws.delete(bucket, bellKey(videoId)),

    async recordChallenge(videoId, now) {
      const answered: AnsweredChallenge = { challenged_at: now.toISOString() };
      await aws.putJson(bucket, challengeKey(videoId), answered);
    },
  };
}
