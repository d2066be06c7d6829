import { randomUUID } from 'node:crypto';
import { type Announcement, announcementKey, toTurn } from '../core/announcement.ts';
import { Failure } from '../core/failure.ts';
import type { Bucket } from './bucket.ts';

/** The right to announce one end of a video. */
export interface Claim {
  /** Whether nobody has had a claim on this end before. */
  readonly isFirst: boolean;
  /** Says that it is done. */
  fulfil(now: Date): Promise<void>;
  /** Lets another try at once. */
  giveBack(): Promise<void>;
}

/** Who announces which end, kept in the bucket under conditions of which S3 fulfils one at a time. */
export interface Claims {
  isFulfilled(videoId: string, finishedAt: Date, now: Date): Promise<boolean>;
  /** @returns nothing where it is done already. @throws Error `BeingAnnounced` where another is at it and may yet fail */
  claim(videoId: string, finishedAt: Date, now: Date): Promise<Claim | undefined>;
}

export function createClaims(bucket: Pick<Bucket, 'readVersion' | 'putVersion'>): Claims {
  /**
   * An answer of S3 may be lost, and the SDK then be told by its own second try that somebody was faster.
   * @returns the version of what lies there, if that is this claim
   */
  async function versionIfOurs(key: string, claim: string): Promise<string | undefined> {
    const { value, version } = await bucket.readVersion(key);
    if (value === undefined)
      throw new Failure('StorageUnavailable', `${key} can neither be written nor be read.`);
    return (value as Partial<Announcement>).claim === claim ? version : undefined;
  }

  return {
    async isFulfilled(videoId, finishedAt, now) {
      const { value } = await bucket.readVersion(announcementKey(videoId));
      return toTurn(value, finishedAt, now) === 'done';
    },

    async claim(videoId, finishedAt, now) {
      const key = announcementKey(videoId);
      const { value, version } = await bucket.readVersion(key);
      const turn = toTurn(value, finishedAt, now);
      if (turn === 'done') return undefined;
      if (turn === "another's") throw beingAnnounced(videoId);
      const kept = { finished_at: finishedAt.toISOString(), claim: randomUUID() };
      const note: Announcement = { ...kept, claimed_at: now.toISOString() };
      const written = (await bucket.putVersion(key, note, version)) ?? (await versionIfOurs(key, note.claim));
      if (written === undefined) throw beingAnnounced(videoId);

      /** A later end that was claimed meanwhile stands. */
      const put = async (changed: Announcement): Promise<void> => {
        await bucket.putVersion(key, changed, written);
      };
      return {
        isFirst: turn === 'first',
        fulfil: (at) => put({ ...note, announced_at: at.toISOString() }),
        giveBack: () => put(kept),
      };
    },
  };
}

function beingAnnounced(videoId: string): Error {
  const why = `The end of ${videoId} is being announced by another.`;
  return Object.assign(new Error(why), { name: 'BeingAnnounced' });
}
