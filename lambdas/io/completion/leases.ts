import { randomUUID } from 'node:crypto';
import { leaseState, parseLease, type StoredLease } from '../../core/completion/lease.ts';
import { Failure } from '../../core/failure.ts';
import { announcementKey } from '../../core/storage-keys.ts';
import type { Bucket } from '../aws/bucket.ts';
import { backoff, NO_PAUSE, type Pause, poll } from '../timing.ts';

/** The right to announce one end of a video. It expires after `LEASE_SECONDS`. */
export interface Lease {
  /** Whether this end had no lease before. */
  readonly isFirst: boolean;
  /** Lets another call acquire the lease at once. @throws Failure `StorageUnavailable` */
  release(): Promise<void>;
}

/**
 * Makes sure that one call at a time announces an end of a video. That an end is announced stands in `job.json`, as `announced_at`.
 * `announced.json` holds the lease, and each change of it is a conditional put:
 *
 *     first ──acquire──▶ held
 *                        │  ▲
 *     release, or expiry ▼  │ acquire
 *                       expired
 *
 * | state     | `announced.json`                           | `acquire`                |
 * |-----------|--------------------------------------------|--------------------------|
 * | first     | is absent, or is about an earlier end      | gives a lease, `isFirst` |
 * | held      | names a lease of this end, not yet expired | throws `LeaseHeld`       |
 * | expired   | names an expired or released lease         | gives a lease            |
 * | overtaken | is about a later end                       | gives nothing            |
 */
export interface Leases {
  /** @returns undefined where a later end has a lease. @throws Error `LeaseHeld` while another call announces this end and may yet fail */
  acquire(videoId: string, finishedAt: Date, now: Date): Promise<Lease | undefined>;
}

/** For a lease whose object changes between read and write, or whose write gets no answer. */
const MAX_TRIES = 4;

type LeaseObjects = Pick<Bucket, 'readVersion' | 'putVersion'>;

export function createLeases(bucket: LeaseObjects, pause: Pause = backoff(50)): Leases {
  const toLease = (key: string, own: OwnLease): Lease => createLease(bucket, key, own, pause);

  return {
    async acquire(videoId, finishedAt, now) {
      const key = announcementKey(videoId);
      const held = {
        finished_at: finishedAt.toISOString(),
        lease_id: randomUUID(),
        leased_at: now.toISOString(),
      };
      let isFirst = false;
      const attempt = async (): Promise<AcquireResult> => {
        const { value, version } = await bucket.readVersion(key);
        const found = parseLease(value);
        // S3 may have done a put whose answer was lost; the SDK's own retry then gets 412.
        if (version !== undefined && found?.lease_id === held.lease_id)
          return { lease: toLease(key, { held, version, isFirst }) };
        const state = leaseState(found, finishedAt, now);
        if (state === 'overtaken') return {};
        if (state === 'held') throw leaseHeld(videoId);
        isFirst = state === 'first';
        const written = await bucket.putVersion(key, held, version);
        if (written === undefined) return 'overtaken';
        return { lease: toLease(key, { held, version: written, isFirst }) };
      };
      const isEnough = (result: AcquireResult) => result !== 'overtaken';
      const result = await poll(attempt, { isEnough, attempts: MAX_TRIES, pause: NO_PAUSE });
      if (result !== 'overtaken') return result.lease;
      throw overtaken(key);
    },
  };
}

/** No lease where a later end has one. */
type AcquireResult = { readonly lease?: Lease } | 'overtaken';

interface OwnLease {
  readonly held: StoredLease;
  readonly version: string;
  readonly isFirst: boolean;
}

function createLease(bucket: LeaseObjects, key: string, own: OwnLease, pause: Pause): Lease {
  const { held, isFirst } = own;
  const { finished_at, lease_id } = held;
  const released: StoredLease = { finished_at, lease_id };

  return {
    isFirst,
    /**
     * Writes nothing where another call has a lease by now. S3 answers 409 `ConditionalRequestConflict` where another request for the
     * object is in progress, and wants the put to be repeated.
     */
    async release() {
      let version: string | undefined = own.version;
      const attempt = async (): Promise<boolean> => {
        if ((await bucket.putVersion(key, released, version)) !== undefined) return true;
        const current = await bucket.readVersion(key);
        version = current.version;
        return version !== undefined && parseLease(current.value)?.lease_id !== lease_id;
      };
      const isDone = await poll(attempt, { isEnough: (done) => done, attempts: MAX_TRIES, pause });
      if (!isDone) throw overtaken(key);
    },
  };
}

function overtaken(key: string): Failure {
  const why = `${key} could not be written: other writers changed it ${MAX_TRIES} times.`;
  return new Failure('StorageUnavailable', why);
}

function leaseHeld(videoId: string): Error {
  const why = `The end of ${videoId} is being announced by another call.`;
  return Object.assign(new Error(why), { name: 'LeaseHeld' });
}
