import { expect, test } from 'vitest';
import type { ExecutionState } from '../../lambdas/io/execution-state.ts';
import { takeUpForgotten } from '../../lambdas/io/forgotten-jobs.ts';
import { createForgottenVideos } from '../../lambdas/io/forgotten-videos.ts';
import { after, executionKey, submittedJob } from '../core/running-job.ts';

const signal = new AbortController().signal;
const record = { ...executionKey, task: submittedJob.task };
const records = { read: async () => ({ kind: 'record', record, version: '1' }) as const };
const bucket = {
  async *listJobs() {
    yield [{ videoId: 'v1', modifiedAt: after(0) }];
  },
};

/** What the hourly sweep makes of one document with a task and without an end, whose execution is as Step Functions says. */
async function sweep(state: ExecutionState) {
  const started: string[] = [];
  const warnings: string[] = [];
  const executions = {
    stateOf: async () => state,
    start: async (name: string) => {
      started.push(name);
      return { startDate: after(0) };
    },
  };
  const announcer = { announceForgotten: async () => ({ video_id: 'v1', skipped: 'foreign' }) as const };
  const warn = ({ message }: Error): number => warnings.push(message);
  const peers = { bucket, records, executions, announcer, warn };
  const failures = await takeUpForgotten(peers, () => after(7200), signal);
  return { failures, started, warnings };
}

test('the sweep takes up a task whose execution is gone, and leaves one alone that Step Functions knows', async () => {
  expect(await sweep('gone')).toEqual({ failures: 0, started: ['v1'], warnings: [] });
  expect(await sweep('known')).toEqual({ failures: 0, started: [], warnings: [] });
});

test('the sweep does not pass over a task of which a missing grant keeps it from asking', async () => {
  expect(await sweep('denied')).toEqual({
    failures: 1,
    started: [],
    warnings: [
      expect.stringMatching(/may not describe its execution arn:.* with task_id "42" as the only field/),
    ],
  });
});

test("the sweep leaves another account's videos to the deployment there", async () => {
  expect(await sweep('elsewhere')).toEqual({ failures: 0, started: [], warnings: [] });
});

test.each([
  ['gone', ['v1']],
  ['denied', ['v1']],
  ['known', []],
  ['elsewhere', []],
] as const)('the list shows from its document a video whose execution is %s: %j', async (state, expected) => {
  const executions = { stateOf: async () => state };
  const { videos } = await createForgottenVideos({ bucket, records, executions }).list({ limit: 10 });
  expect(videos.map(({ video_id }) => video_id)).toEqual(expected);
});
