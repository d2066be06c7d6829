import { type BellState, bellKey, challengeKey, type Ring } from '../core/doorbell.ts';
import { AwsRefusal, type Condition, type LightAws, type LightObject } from './light-aws.ts';

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

  return {
    async ring(videoId, now) {
      const ring = { rung_at: now.toISOString() };
      const key = bellKey(videoId);
      const read = (): Promise<LightObject | undefined> => aws.readJson(bucket, key);
      const note = (condition: Condition): Promise<boolean> => aws.putJson(bucket, key, ring, condition);

      const found = (await read()) ?? ((await note('absent')) ? undefined : await read());
      // The note is there; or what was there before it has been taken away by a look since.
      if (found === undefined) return;
      const state = found.value as BellState;
      if ('rung_at' in state || (await wake(state.task_token, ring))) return;
      // Where the note comes too late, somebody else has rung or looked since.
      await note({ version: found.version });
    },

    silence: (videoId) => aws.delete(bucket, bellKey(videoId)),

    async recordChallenge(videoId, now) {
      await aws.putJson(bucket, challengeKey(videoId), { challenged_at: now.toISOString() });
    },
  };
}
