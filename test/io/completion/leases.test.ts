import { expect, test } from 'vitest';
import { createLeases } from '../../../lambdas/io/completion/leases.ts';
import { NO_PAUSE } from '../../../lambdas/io/timing.ts';
import { after } from '../../harness/running-job.ts';
import { createVersionedObjects } from '../../harness/versioned-objects.ts';

const key = 'videos/v1/announced.json';

test('gives one lease where twenty calls ask at once, until it expires', async () => {
  const leases = createLeases(createVersionedObjects());
  const tries = Array.from({ length: 20 }, () => leases.acquire('v1', after(60), after(61)));
  const outcomes = await Promise.allSettled(tries);
  const [won, ...more] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(more).toEqual([]);
  expect(won).toMatchObject({ isFirst: true });
  await expect(leases.acquire('v1', after(60), after(240))).rejects.toMatchObject({ name: 'LeaseHeld' });
  expect(await leases.acquire('v1', after(60), after(241))).toMatchObject({ isFirst: false });
});

test('gives a released lease again at once, which is not the first then', async () => {
  const leases = createLeases(createVersionedObjects());
  await (await leases.acquire('v1', after(60), after(61)))?.release();
  expect(await leases.acquire('v1', after(60), after(62))).toMatchObject({ isFirst: false });
});

test('keeps the lease of a later end when an older lease is released, and gives the older end none', async () => {
  const bucket = createVersionedObjects();
  const leases = createLeases(bucket);
  const older = await leases.acquire('v1', after(60), after(61));
  await leases.acquire('v1', after(90), after(91));
  const kept = bucket.objects.get(key);
  await older?.release();
  expect(bucket.objects.get(key)).toBe(kept);
  expect(await leases.acquire('v1', after(60), after(1e6))).toBeUndefined();
});

test('recognizes its own lease where the answer to the write was lost', async () => {
  const bucket = createVersionedObjects();
  const leases = createLeases({
    ...bucket,
    async putVersion(...object) {
      await bucket.putVersion(...object);
      return undefined;
    },
  });
  expect(await leases.acquire('v1', after(60), after(61))).toMatchObject({ isFirst: true });
});

test('gives up, and names the key, where each write finds an object that no read shows', async () => {
  const bucket = createVersionedObjects();
  bucket.write(key, { finished_at: after(60).toISOString(), lease_id: 'x' });
  const leases = createLeases({
    ...bucket,
    readVersion: async () => ({ value: undefined, version: undefined }),
  });
  await expect(leases.acquire('v1', after(60), after(61))).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: expect.stringContaining(key),
  });
});

test('gives a lease where the object of an earlier end is deleted at that moment', async () => {
  const bucket = createVersionedObjects();
  bucket.write(key, { finished_at: after(10).toISOString(), lease_id: 'x' });
  let writes = 0;
  const leases = createLeases({
    ...bucket,
    async putVersion(...object) {
      writes += 1;
      if (writes === 1) bucket.objects.delete(key);
      return bucket.putVersion(...object);
    },
  });
  expect(await leases.acquire('v1', after(60), after(61))).toMatchObject({ isFirst: true });
});

test('releases a lease whose object was deleted in the meantime', async () => {
  const bucket = createVersionedObjects();
  const leases = createLeases(bucket);
  const lease = await leases.acquire('v1', after(60), after(61));
  bucket.objects.delete(key);
  await lease?.release();
  expect(await leases.acquire('v1', after(60), after(62))).toMatchObject({ isFirst: false });
});

/** A bucket whose conditional puts after the first one meet this many conflicts. */
function conflictingObjects(conflicts: number): ReturnType<typeof createVersionedObjects> {
  const bucket = createVersionedObjects();
  let writes = 0;
  return {
    ...bucket,
    async putVersion(...object) {
      writes += 1;
      return writes > 1 && writes <= 1 + conflicts ? undefined : bucket.putVersion(...object);
    },
  };
}

test('releases a lease also where S3 answers 409 three times', async () => {
  const leases = createLeases(conflictingObjects(3), NO_PAUSE);
  await (await leases.acquire('v1', after(60), after(61)))?.release();
  expect(await leases.acquire('v1', after(60), after(62))).toMatchObject({ isFirst: false });
});

test('says that a lease is not released where S3 answers 409 four times', async () => {
  const leases = createLeases(conflictingObjects(4), NO_PAUSE);
  const lease = await leases.acquire('v1', after(60), after(61));
  await expect(lease?.release()).rejects.toMatchObject({ name: 'StorageUnavailable' });
});
