import { randomUUID } from 'node:crypto';
import { type Announcement, leaseState } from '../../core/completion/lease.ts';
import { Failure } from '../../core/failure.ts';
import { announcementKey } from '../../core/storage-keys.ts';
import type { Bucket } from '../aws/bucket.ts';

/** The right to announce one end of a video. */
export interface Claim {
  /** Whether nobody has had a claim on this end before. */
  readonly isFirst: boolean;
  /** Says that it is done. */
  complete(now: Date): Promise<void>;
  /** Lets another try at once. */
  release(): Promise<void>;
}

/** Who announces which end, kept in the bucket under conditions of which S3 fulfils one at a time. */
export interface Leases {
  isCompleted(videoId: string, finishedAt: Date, now: Date): Promise<boolean>;
  /** @returns nothing where it is done already. @throws Error `LeaseHeld` where another is at it and may yet fail */
  claim(videoId: string, finishedAt: Date, now: Date): Promise<Claim | undefined>;
}

/** How often a claim is tried where the note of an end was changed or deleted in between, or the answer was lost. */
const MAX_TRIES = 4;

export function createLeases(bucket: Pick<Bucket, 'readVersion' | 'putVersion'>): Leases {
  /** A later end that was claimed meanwhile stands; a note that was deleted meanwhile is made again. */
  async function change(key: string, note: Announcement, written: string): Promise<void> {
    if ((await bucket.putVersion(key, note, written)) !== undefined) return;
    const { version } = await bucket.readVersion(key);
    if (version === undefined) await bucket.putVersion(key, note, undefined);
  }

  return {
    async isCompleted(videoId, finishedAt, now) {
      const { value } = await bucket.readVersion(announcementKey(videoId));
      return leaseState(value, finishedAt, now) === 'done';
    },

    async claim(videoId, finishedAt, now) {
      const key = announcementKey(videoId);
      const kept = { finished_at: finishedAt.toISOString(), claim: randomUUID() };
      const note: Announcement = { ...kept, claimed_at: now.toISOString() };
      const toClaim = (written: string, isFirst: boolean): Claim => ({
        isFirst,
        complete: (at) => change(key, { ...note, announced_at: at.toISOString() }, written),
        release: () => change(key, kept, written),
      });

      let isFirst = false;
      for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
        const { value, version } = await bucket.readVersion(key);
        // An answer of S3 may be lost, and the SDK then be told by its own second try that somebody was faster.
        if (version !== undefined && isNote(value, note)) return toClaim(version, isFirst);
        const turn = leaseState(value, finishedAt, now);
        if (turn === 'done') return undefined;
        if (turn === "another's") throw leaseHeld(videoId);
        isFirst = turn === 'first';
        const written = await bucket.putVersion(key, note, version);
        if (written !== undefined) return toClaim(written, isFirst);
      }
      throw new Failure(
        'StorageUnavailable',
        `${key} could not be written: others changed it again and again.`,
      );
    },
  };
}

function isNote(value: unknown, { claim }: Announcement): boolean {
  return ((value ?? {}) as Partial<Announcement>).claim === claim;
}

function leaseHeld(videoId: string): Error {
  const why = `The end of ${videoId} is being announced by another.`;
  return Object.assign(new Error(why), { name: 'LeaseHeld' });
}
