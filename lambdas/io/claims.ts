import { randomUUID } from 'node:crypto';
import { type Announcement, announcementKey, toTurn } from '../core/announcement.ts';
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

export function createClaims(bucket: Pick<Bucket, 'putJson' | 'readVersion' | 'putVersion'>): Claims {
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
      const kept = { finished_at: finishedAt.toISOString(), claim: randomUUID() };
      const note: Announcement = { ...kept, claimed_at: now.toISOString() };

      /** An answer may be lost, and the SDK then be told by its own second try that somebody was faster. */
      const isOurs = async (): Promise<boolean> =>
        ((await bucket.readVersion(key)).value as Partial<Announcement> | undefined)?.claim === note.claim;
      if (turn === "another's" || !((await bucket.putVersion(key, note, version)) || (await isOurs())))
        throw Object.assign(new Error(`The end of ${videoId} is being announced by another.`), {
          name: 'BeingAnnounced',
        });

      return {
        isFirst: turn === 'first',
        fulfil: (at) => bucket.putJson(key, { ...note, announced_at: at.toISOString() }),
        giveBack: () => bucket.putJson(key, kept),
      };
    },
  };
}
