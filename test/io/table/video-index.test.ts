import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { createVideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { succeededRecord } from '../../core/table/records.ts';
import { submittedJob } from '../../harness/running-job.ts';
import { sharedTable } from '../../harness/shared-table.ts';
import { startTable } from '../../harness/table.ts';
import { newClaim, testVideoIndex } from './video-index-scenarios.ts';

const running = sharedTable(startTable);

testVideoIndex(running);

test('costs 5 units to accept a video, 6 to add its task and 7 to end it', async () => {
  const claim = newClaim();
  const unitsOf = async (record: JobRecord): Promise<number> => {
    const { table, calls } = running();
    const before = calls.length;
    await createVideoIndex(table, { visibility: 'owner', listedMetadata: ['order'] }).put(record);
    return calls.slice(before).reduce((sum, { units }) => sum + units, 0);
  };
  expect(await unitsOf(claim)).toBe(5);
  expect(await unitsOf({ ...claim, task: submittedJob.task })).toBe(6);
  expect(await unitsOf(succeededRecord(claim))).toBe(7);
});
