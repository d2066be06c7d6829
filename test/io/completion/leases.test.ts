import { expect, test } from 'vitest';
import { createLeases } from '../../../lambdas/io/completion/leases.ts';
import { after } from '../../harness/running-job.ts';
import { createVersionedObjects } from '../../harness/versioned-objects.ts';

const key = 'videos/v1/announced.json';

test('gives one lease where twenty calls ask at once, and none once it is completed', async () => {
  const bucket = createVersionedObjects();
  const leases = createLeases(bucket);
  const tries = Array.from({ length: 20 }, () => leases.acquire('v1', after(60), after(61)));
  const outcomes = await Promise.allSettled(tries);
  const [won, ...more] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(more).toEqual([]);
  expect(won).toMatchObject({ isFirst: true });
  expect(await leases.isCompleted('v1', after(60), after(62))).toBe(false);
  await won?.complete(after(62));
  expect(await leases.isCompleted('v1', after(60), after(63))).toBe(true);
  expect(await leases.acquire('v1', after(60), after(1e6))).toBeUndefined();
});

test('gives a released lease again at once, which is not the first then', async () => {
  const leases = createLeases(createVersionedObjects());
  await (await leases.acquire('v1', after(60), after(61)))?.release();
  expect(await leases.acquire('v1', after(60), after(62))).toMatchObject({ isFirst: false });
});

test.each(['complete', 'release'] as const)(
  'keeps the lease of a later end when an older lease comes to %s',
  async (end) => {
    const bucket = createVersionedObjects();
    const leases = createLeases(bucket);
    const older = await leases.acquire('v1', after(60), after(61));
    const later = await leases.acquire('v1', after(90), after(91));
    await later?.complete(after(92));
    const kept = bucket.objects.get(key);
    await older?.[end](after(93));
    expect(bucket.objects.get(key)).toBe(kept);
    expect(await leases.isCompleted('v1', after(90), after(94))).toBe(true);
  },
);

test('recognizes its own lease where the answer to the write was lost', async () => {
  const bucket = createVersionedObjects();
  const leases = createLeases({
    ...bucket,
    async putVersion(...object) {
      await bucket.putVersion(...object);
      return undefined;
    },
  });
  const lease = await leases.acquire('v1', after(60), after(61));
  await lease?.complete(after(62));
  expect(await leases.isCompleted('v1', after(60), after(63))).toBe(true);
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
  const lease = await leases.acquire('v1', after(60), after(61));
  expect(lease).toMatchObject({ isFirst: true });
  await lease?.complete(after(62));
  expect(await leases.isCompleted('v1', after(60), after(63))).toBe(true);
});

test('completes a lease whose object was deleted in the meantime', async () => {
  const bucket = createVersionedObjects();
  const leases = createLeases(bucket);
  const lease = await leases.acquire('v1', after(60), after(61));
  bucket.objects.delete(key);
  await lease?.complete(after(62));
  expect(await leases.isCompleted('v1', after(60), after(63))).toBe(true);
});
