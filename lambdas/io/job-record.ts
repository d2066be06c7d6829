import { setTimeout as after } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import type { SubmittedJob } from '../core/job.ts';
import { type Identity, jobKey, recordedTask } from '../core/job-record.ts';
import type { Bucket } from './bucket.ts';

/** How long writing may hold up the workflow, which is told of the task anyway. */
const WRITE_MS = 3_000;
const LOOK_AGAIN_MS = 1_000;

/** How often a change is tried on what somebody else has changed meanwhile. */
const MAX_TRIES = 5;

/** `job.json` of each video, which several functions write, some of them after others believe that they have ended. */
export interface JobRecord {
  /**
   * What `Submit task` writes down the moment it knows a task, whatever lies there, in case that nobody hears of it otherwise.
   * @throws Failure `StorageUnavailable`, also when it takes more than a few seconds
   */
  write(card: SubmittedJob): Promise<void>;
  /**
   * What lies there of this execution, or of another of its name; waited for where a create may still be under way.
   * @throws Failure `StorageUnavailable`
   */
  find(job: Identity, seconds: number, signal: AbortSignal): Promise<unknown>;
  /**
   * Writes what `change` makes of what lies there, and of nothing else.
   * @returns what was written; undefined where `change` wanted nothing
   * @throws Failure `StorageUnavailable`
   */
  update<Card extends object>(
    videoId: string,
    change: (found: unknown) => Card | undefined,
  ): Promise<Card | undefined>;
}

export function createJobRecord(
  bucket: Pick<Bucket, 'putJson' | 'readJson' | 'readVersion' | 'putVersion'>,
): JobRecord {
  return {
    write: (card) => bucket.putJson(jobKey(card.video_id), card, AbortSignal.timeout(WRITE_MS)),

    async find({ video_id, created_at }, seconds, signal) {
      const triesLeft = Math.ceil((seconds * 1000) / LOOK_AGAIN_MS);
      for (let tries = 0; ; tries += 1) {
        const recorded = await bucket.readJson(jobKey(video_id));
        if (recordedTask(recorded, created_at) !== undefined || tries === triesLeft) return recorded;
        await after(LOOK_AGAIN_MS, undefined, { signal });
      }
    },

    async update(videoId, change) {
      const key = jobKey(videoId);
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const { value, version } = await bucket.readVersion(key);
        const changed = change(value);
        if (changed === undefined) return undefined;
        if ((await bucket.putVersion(key, changed, version)) !== undefined) return changed;
      }
      throw new Failure('StorageUnavailable', `Others changed ${key} again and again.`);
    },
  };
}
