import { expect, test } from 'vitest';
import { createJobRecord } from '../../lambdas/io/job-record.ts';
import { after, newJob, submittedJob } from '../core/running-job.ts';

const signal = new AbortController().signal;

/** A bucket in which the record appears at the n-th look. */
function bucketWith(record: unknown, atLook: number) {
  let looks = 0;
  return {
    looks: () => looks,
    putJson: async () => undefined,
    async readJson(): Promise<unknown> {
      looks += 1;
      return looks < atLook ? undefined : record;
    },
  };
}

test('waits for the record of a create that may still be under way', async () => {
  const bucket = bucketWith(submittedJob, 2);
  expect(await createJobRecord(bucket).find(newJob, 3, signal)).toEqual(submittedJob);
  expect(bucket.looks()).toBe(2);
});

test('gives up waiting after its time', async () => {
  const bucket = bucketWith(submittedJob, 9);
  expect(await createJobRecord(bucket).find(newJob, 1, signal)).toBeUndefined();
  expect(bucket.looks()).toBe(2);
});

test('does not take the record of an earlier execution of the same name for its own', async () => {
  const old = { ...submittedJob, created_at: after(-1000).toISOString() };
  const bucket = bucketWith(old, 1);
  await createJobRecord(bucket).find(newJob, 1, signal);
  expect(bucket.looks()).toBe(2);
});

test('stops waiting when its function runs out of time', async () => {
  const bucket = bucketWith(undefined, 9);
  const finding = createJobRecord(bucket).find(newJob, 60, AbortSignal.timeout(50));
  await expect(finding).rejects.toMatchObject({ name: 'AbortError' });
});
