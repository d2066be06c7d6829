import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { parseLease, RELEASED_AT, type StoredLease, toLease } from '../../core/completion/lease.ts';
import { endItemKey } from '../../core/table/layout.ts';
import { type Table, TableUnavailable } from '../table/table.ts';

/** The right to announce one end of a video. It expires after `LEASE_SECONDS`. */
export interface Lease {
  /** Whether this end had no lease before. */
  readonly isFirst: boolean;
  /** Lets another call acquire the lease at once. @throws TableUnavailable */
  release(): Promise<void>;
}

/**
 * Makes sure that one call at a time announces an end of a video. That an end is announced stands in `job.json`, as `announced_at`. The
 * lease is one item of the table, and each change of it has a condition:
 *
 *     first ──acquire──▶ held
 *                        │  ▲
 *     release, or expiry ▼  │ acquire
 *                       expired
 *
 * | state     | the item                                   | `acquire`                |
 * |-----------|--------------------------------------------|--------------------------|
 * | first     | is absent, or is about an earlier end      | gives a lease, `isFirst` |
 * | held      | names a lease of this end, not yet expired | throws `LeaseHeld`       |
 * | expired   | names an expired or released lease         | gives a lease            |
 * | overtaken | is about a later end                       | gives nothing            |
 *
 * Where the table fails, each call gets a lease: an end is announced at least once.
 */
export interface Leases {
  /** @returns undefined where a later end has a lease. @throws Error `LeaseHeld` while another call announces this end and may yet fail */
  acquire(videoId: string, finishedAt: Date, now: Date): Promise<Lease | undefined>;
}

/** @param warn gets the error of a table that fails */
export function createLeases(table: Table, warn: (error: Error) => void): Leases {
  const TableName = table.name;

  /** @returns the item before, null where there was none, undefined where the condition does not hold */
  async function put(videoId: string, lease: StoredLease, now: Date): Promise<object | null | undefined> {
    const written = await table.callIf((client, options) =>
      client.send(
        new PutCommand({
          TableName,
          Item: { ...endItemKey(videoId), ...lease },
          ConditionExpression:
            'attribute_not_exists(pk) OR finished_at < :end OR (finished_at = :end AND leased_until < :now)',
          ExpressionAttributeValues: { ':end': lease.finished_at, ':now': now.toISOString() },
          ReturnValues: 'ALL_OLD',
        }),
        options,
      ),
    );
    return written && (written.Attributes ?? null);
  }

  async function read(videoId: string): Promise<StoredLease | undefined> {
    const { Item } = await table.call((client, options) =>
      client.send(new GetCommand({ TableName, Key: endItemKey(videoId), ConsistentRead: true }), options),
    );
    return parseLease(Item);
  }

  async function release(videoId: string, { lease_id }: StoredLease): Promise<void> {
    await table.callIf((client, options) =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: endItemKey(videoId),
          UpdateExpression: 'SET leased_until = :released',
          ConditionExpression: 'lease_id = :id',
          ExpressionAttributeValues: { ':released': RELEASED_AT, ':id': lease_id },
        }),
        options,
      ),
    );
  }

  async function acquire(videoId: string, finishedAt: Date, now: Date): Promise<Lease | undefined> {
    const lease = toLease(finishedAt, now, randomUUID());
    const toOwn = (isFirst: boolean): Lease => ({ isFirst, release: () => release(videoId, lease) });
    const before = await put(videoId, lease, now);
    if (before !== undefined) return toOwn(parseLease(before)?.finished_at !== lease.finished_at);
    const found = await read(videoId);
    // The put whose answer was lost has written it, and the SDK's own retry has failed on it.
    if (found?.lease_id === lease.lease_id) return toOwn(true);
    if (found !== undefined && found.finished_at > lease.finished_at) return undefined;
    throw leaseHeld(videoId);
  }

  return {
    acquire: (videoId, finishedAt, now) =>
      acquire(videoId, finishedAt, now).catch((error: Error) => {
        if (!(error instanceof TableUnavailable)) throw error;
        warn(error);
        return UNPROTECTED;
      }),
  };
}

/** Without the table no call knows whether another one announces the end. */
const UNPROTECTED: Lease = { isFirst: true, release: async () => undefined };

function leaseHeld(videoId: string): Error {
  const why = `The end of ${videoId} is being announced by another call.`;
  return Object.assign(new Error(why), { name: 'LeaseHeld' });
}
