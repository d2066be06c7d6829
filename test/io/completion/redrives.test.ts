import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { jobKey } from '../../../lambdas/core/storage-keys.ts';
import { markRedriven } from '../../../lambdas/io/completion/redrives.ts';
import { createJobRecords } from '../../../lambdas/io/job/job-record.ts';
import { after, executionKey, submittedJob } from '../../harness/running-job.ts';
import { createVersionedObjects } from '../../harness/versioned-objects.ts';

const redriven = { redrive_count: 1, at: after(90).toISOString() };
const ended = {
  ...executionKey,
  attempt: { id: 'random', redrive_count: 0, retry_count: 0 },
  request: { template_id: '1' },
  task: submittedJob.task,
  status: 'failed',
  finished_at: after(60).toISOString(),
  announced_at: after(61).toISOString(),
  redrives: 0,
  error: { Error: 'VideoUnreachable' },
};

async function mark(found?: object) {
  const { objects, write, ...bucket } = createVersionedObjects();
  if (found !== undefined) write(jobKey('v1'), found);
  const listed: JobRecord[] = [];
  const index = {
    async put(record: JobRecord) {
      listed.push(record);
      return true;
    },
  };
  const warn = (error: Error): never => {
    throw error;
  };
  const peers = { records: createJobRecords(bucket), index, warn };
  const result = await markRedriven(peers, { key: executionKey, redriven }).catch(
    (error: Error) => error.message,
  );
  return { result, stored: objects.get(jobKey('v1'))?.value, listed };
}

test('adds the mark to the end of its own execution, and keeps everything else', async () => {
  const marked = { ...ended, redriven };
  expect(await mark(ended)).toEqual({
    result: { video_id: 'v1', redriven: 1, isMarked: true },
    stored: marked,
    listed: [marked],
  });
});

test.each([
  ['nothing', undefined],
  ["another execution's document", { ...ended, execution_arn: 'arn:another' }],
  ['the document of an earlier execution of this name', { ...ended, created_at: after(-60).toISOString() }],
  ['the end of this redrive', { ...ended, redrives: 1 }],
  ['its own mark', { ...ended, redriven }],
  ['a video', { ...ended, status: 'succeeded' }],
])('writes nothing where it finds %s', async (_what, found) => {
  expect(await mark(found)).toEqual({
    result: { video_id: 'v1', redriven: 1, isMarked: false },
    stored: found,
    listed: [],
  });
});

test('fails, to be repeated, and names the key of what is no job document', async () => {
  const damaged = { task: 17 };
  const { result, stored } = await mark(damaged);
  expect(result).toContain('videos/v1/job.json');
  expect(stored).toEqual(damaged);
});

test('the end of a step that was stopped before names the redrive by which it continued', async () => {
  const { write, objects, ...bucket } = createVersionedObjects();
  write(jobKey('v1'), { ...ended, status: 'cancelled', redriven });
  const copied = { ...executionKey, redrives: 0, finished_at: after(120).toISOString(), video: {} };
  await createJobRecords(bucket).update(executionKey, () => copied);
  expect(objects.get(jobKey('v1'))?.value).toMatchObject({ redrives: 1, finished_at: copied.finished_at });
});
