import { expect, test } from 'vitest';
import { isOver } from '../../lambdas/core/job-record.ts';
import { createJobRecord } from '../../lambdas/io/job-record.ts';
import { after, newJob, submittedJob } from '../core/running-job.ts';

const signal = new AbortController().signal;

/** A bucket in which the record appears at the n-th look. */
function bucketWith(record: unknown, atLook: number) {
  let looks = 0;
  return {
    looks: () => looks,
    putJson: async () => undefined,
    readVersion: async () => ({ value: undefined, version: undefined }),
    putVersion: async () => 'v2',
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

/** A bucket with one object, which somebody else changes before each of the first writes. */
function bucketOvertaken(times: number) {
  let current: unknown = 'nothing';
  let version = 0;
  let overtaken = 0;
  return {
    current: () => current,
    putJson: async () => undefined,
    readJson: async () => current,
    readVersion: async () => ({ value: current, version: String(version) }),
    async putVersion(_key: string, value: unknown, wanted: string | undefined) {
      if (overtaken < times) {
        overtaken += 1;
        version += 1;
        current = `change ${overtaken} of somebody else`;
      }
      if (wanted !== String(version)) return undefined;
      current = value;
      return 'a new one';
    },
  };
}

test('changes what lies there, and looks at it anew where somebody else was faster', async () => {
  const bucket = bucketOvertaken(2);
  const seen: unknown[] = [];
  const written = await createJobRecord(bucket).update('v1', (found) => {
    seen.push(found);
    return { after: found };
  });
  expect(seen).toEqual(['nothing', 'change 1 of somebody else', 'change 2 of somebody else']);
  expect(written).toEqual({ after: 'change 2 of somebody else' });
  expect(bucket.current()).toEqual(written);
});

test('writes nothing where the change wants nothing, and gives up on what others always change', async () => {
  const quiet = bucketOvertaken(0);
  expect(await createJobRecord(quiet).update('v1', () => undefined)).toBeUndefined();
  expect(quiet.current()).toBe('nothing');
  await expect(createJobRecord(bucketOvertaken(99)).update('v1', () => ({}))).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
});

const over = { status: 'cancelled', finished_at: after(60).toISOString() };

test.each([
  ['nothing', undefined, 30, false],
  ['the card of a step', submittedJob, 30, false],
  ['an end while it runs', over, 30, true],
  ['an end at the instant of its begin', over, 60, true],
  ['an end just before its cold start', over, 90, true],
  ['an end long before a redrive began it', over, 121, false],
])('a step that finds %s: is the execution over?', (_what, found, begunAt, expected) => {
  expect(isOver(found, after(begunAt))).toBe(expected);
});
