import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import type { Execution } from '../../../lambdas/core/video/execution.ts';
import type { ExecutionState } from '../../../lambdas/io/aws/execution-state.ts';
import { executionOf } from '../../../lambdas/io/video/execution-of.ts';
import { createdAt, executionKey, request } from '../../harness/running-job.ts';

const { execution_arn: arn, video_id } = executionKey;
const record: JobRecord = { ...executionKey, request };

/** Step Functions, which says this of each execution. */
const saying = (state: ExecutionState) => ({ stateOf: async () => state });

test('is the execution of a video that Step Functions shows, with its request and without its owner', async () => {
  const execution: Execution = {
    arn,
    name: video_id,
    status: 'RUNNING',
    startDate: createdAt,
    redriveCount: 0,
    input: { ...request, owner: 'key abc' },
  };
  expect(await executionOf({ by: 'execution', execution }, saying('gone'))).toEqual({ arn, request });
});

test('is the execution that the job document names, while Step Functions knows it', async () => {
  expect(await executionOf({ by: 'record', record }, saying('known'))).toEqual({ arn, request });
});

test.each(['gone', 'denied', 'elsewhere'] as const)(
  'is history-not-found where the execution of the job document is %s',
  async (state) => {
    await expect(executionOf({ by: 'record', record }, saying(state))).rejects.toMatchObject({
      problem: { status: 404, type: 'urn:template-video:problem:history-not-found' },
    });
  },
);
