import { expect, test } from 'vitest';
import { createLeases } from '../../../lambdas/io/completion/leases.ts';
import { after } from '../../harness/running-job.ts';
import { createVersionedObjects } from '../../harness/versioned-objects.ts';

const key = 'videos/v1/announced.json';

test('is one claim of many at once, and done for good when it is fulfilled', async () => {
  const bucket = createVersionedObjects();
  const claims = createLeases(bucket);
  const tries = Array.from({ length: 20 }, () => claims.claim('v1', after(60), after(61)));
  const outcomes = await Promise.allSettled(tries);
  const [won, ...more] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(more).toEqual([]);
  expect(won).toMatchObject({ isFirst: true });
  expect(await claims.isCompleted('v1', after(60), after(62))).toBe(false);
  await won?.complete(after(62));
  expect(await claims.isCompleted('v1', after(60), after(63))).toBe(true);
  expect(await claims.claim('v1', after(60), after(1e6))).toBeUndefined();
});

test('is had again at once where it was given back, and is not the first then', async () => {
  const claims = createLeases(createVersionedObjects());
  await (await claims.claim('v1', after(60), after(61)))?.release();
  expect(await claims.claim('v1', after(60), after(62))).toMatchObject({ isFirst: false });
});

test.each(['complete', 'release'] as const)(
  'leaves the claim of a later end as it is when an older one comes to %s',
  async (end) => {
    const bucket = createVersionedObjects();
    const claims = createLeases(bucket);
    const older = await claims.claim('v1', after(60), after(61));
    const later = await claims.claim('v1', after(90), after(91));
    await later?.complete(after(92));
    const kept = bucket.objects.get(key);
    await older?.[end](after(93));
    expect(bucket.objects.get(key)).toBe(kept);
    expect(await claims.isCompleted('v1', after(90), after(94))).toBe(true);
  },
);

test('is known again where the answer to its writing was lost', async () => {
  const bucket = createVersionedObjects();
  const claims = createLeases({
    ...bucket,
    async putVersion(...object) {
      await bucket.putVersion(...object);
      return undefined;
    },
  });
  const claim = await claims.claim('v1', after(60), after(61));
  await claim?.complete(after(62));
  expect(await claims.isCompleted('v1', after(60), after(63))).toBe(true);
});

test('is not taken for that of another where S3 denies to read it', async () => {
  const bucket = createVersionedObjects();
  bucket.write(key, { finished_at: after(60).toISOString() });
  const claims = createLeases({
    ...bucket,
    readVersion: async () => ({ value: undefined, version: undefined }),
  });
  await expect(claims.claim('v1', after(60), after(61))).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: expect.stringContaining(key),
  });
});

test('is had where the note of an earlier end is deleted in the same moment', async () => {
  const bucket = createVersionedObjects();
  bucket.write(key, { finished_at: after(10).toISOString(), claim: 'x' });
  let writes = 0;
  const claims = createLeases({
    ...bucket,
    async putVersion(...object) {
      writes += 1;
      if (writes === 1) bucket.objects.delete(key);
      return bucket.putVersion(...object);
    },
  });
  const claim = await claims.claim('v1', after(60), after(61));
  expect(claim).toMatchObject({ isFirst: true });
  await claim?.complete(after(62));
  expect(await claims.isCompleted('v1', after(60), after(63))).toBe(true);
});

test('says that it is done also where its note was deleted meanwhile', async () => {
  const bucket = createVersionedObjects();
  const claims = createLeases(bucket);
  const claim = await claims.claim('v1', after(60), after(61));
  bucket.objects.delete(key);
  await claim?.complete(after(62));
  expect(await claims.isCompleted('v1', after(60), after(63))).toBe(true);
});
