import { expect, test } from 'vitest';
import type { ExecutionEndEvent } from '../../../lambdas/core/completion/end.ts';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import type { ExecutionState } from '../../../lambdas/io/aws/execution-state.ts';
import { sweepJobs } from '../../../lambdas/io/completion/sweep.ts';
import { after, executionKey, submittedJob } from '../../harness/running-job.ts';

const MINUTE = 60;
const HOUR = 3600;
const NOW = 100 * HOUR;
const task = submittedJob.task;
const signal = new AbortController().signal;

interface Given {
  readonly state?: ExecutionState;
  readonly record?: Partial<JobRecord>;
  /** Seconds since the last change of each document. */
  readonly ages?: readonly number[];
  readonly announce?: (name: string) => void;
  /** @default the table has everything */
  readonly mend?: (records: readonly JobRecord[]) => Promise<number>;
  readonly signal?: AbortSignal;
}

/** What the hourly sweep does with documents v0, v1…, of which the end of v4 is announced. `state` is that of all their executions. */
async function sweep({ state = 'known', record = { task }, ages = [2 * HOUR], announce, ...given }: Given) {
  const started: string[] = [];
  const announced: string[] = [];
  const forgotten: string[] = [];
  const warnings: string[] = [];
  const peers = {
    bucket: listed(ages),
    records: {
      read: async (video_id: string) => {
        const isAnnounced = video_id === 'v4' && record.finished_at !== undefined;
        const announced_at = isAnnounced ? record.finished_at : undefined;
        const found = { ...executionKey, video_id, ...record, announced_at };
        return { kind: 'record', record: found, version: '1' } as const;
      },
    },
    executions: {
      stateOf: async () => state,
      start: async (name: string) => {
        started.push(name);
        return { startDate: after(0) };
      },
    },
    announcer: {
      async announce({ name }: ExecutionEndEvent) {
        announced.push(name);
        announce?.(name);
        return { video_id: name, skipped: 'continues' } as const;
      },
      async announceForgotten({ video_id }: JobRecord) {
        forgotten.push(video_id);
        return { video_id, skipped: 'announced already' } as const;
      },
    },
    index: { mend: given.mend ?? (async () => 0) },
    warn: ({ message }: Error): number => warnings.push(message),
  };
  const { failures, behind } = await sweepJobs(peers, () => after(NOW), given.signal ?? signal);
  return { failures, behind, started, announced: announced.toSorted(), forgotten, warnings };
}

/** In pages of two. */
function listed(ages: readonly number[]) {
  const jobs = ages.map((age, index) => ({ videoId: `v${index}`, modifiedAt: after(NOW - age) }));
  return {
    async *listJobs() {
      for (let from = 0; from < jobs.length; from += 2) yield jobs.slice(from, from + 2);
    },
  };
}

const NOTHING = { failures: 0, behind: 0, started: [], announced: [], forgotten: [], warnings: [] };
const ended = { task, status: 'failed', finished_at: after(NOW).toISOString() } as const;

test('announces the ends of the last hours that are not announced yet, on every page', async () => {
  const ages = [1, 4 * MINUTE, 6 * MINUTE, HOUR, HOUR, 5.9 * HOUR, 6.1 * HOUR, 24 * HOUR];
  expect(await sweep({ record: ended, ages })).toEqual({ ...NOTHING, announced: ['v2', 'v3', 'v5'] });
});

test('counts each end that could not be announced, except one whose lease another call holds', async () => {
  const announce = (name: string): void => {
    if (name === 'v1') throw new Error('The bus is broken.');
    if (name === 'v2') throw Object.assign(new Error('It is held.'), { name: 'LeaseHeld' });
  };
  const swept = await sweep({ record: ended, ages: [HOUR, HOUR, HOUR, HOUR], announce });
  expect(swept).toMatchObject({ failures: 1, announced: ['v0', 'v1', 'v2', 'v3'] });
  expect(swept.warnings.toSorted()).toEqual([
    expect.stringContaining('of v1 could not be swept: The bus is broken.'),
    expect.stringContaining('of v2 could not be swept: It is held.'),
  ]);
});

test('counts what it has no time for', async () => {
  const swept = await sweep({ record: ended, ages: [HOUR, HOUR, HOUR], signal: AbortSignal.abort() });
  expect(swept).toMatchObject({ failures: 3, announced: [] });
});

test('recovers a task whose execution is gone, and ends a claim without a task', async () => {
  expect(await sweep({ state: 'gone' })).toEqual({ ...NOTHING, started: ['v0'] });
  expect(await sweep({ state: 'gone', record: {} })).toEqual({ ...NOTHING, forgotten: ['v0'] });
});

test('recovers a task whose redriven execution is gone, although an earlier end is recorded', async () => {
  const redriven = { redrive_count: 1, at: after(NOW).toISOString() };
  const record = { ...ended, redrives: 0, redriven };
  expect(await sweep({ state: 'gone', record })).toEqual({ ...NOTHING, started: ['v0'] });
  const again = { ...record, redrives: 1 };
  expect(await sweep({ state: 'gone', record: again })).toEqual({ ...NOTHING, announced: ['v0'] });
});

test('lets the announcer see whether an execution has ended where its document has no end', async () => {
  expect(await sweep({ state: 'known' })).toEqual({ ...NOTHING, announced: ['v0'] });
});

test.each<readonly [string, Given]>([
  ['with a task changes for an hour', { ages: [59 * MINUTE] }],
  ['without a task changes for five minutes', { record: {}, ages: [4 * MINUTE] }],
  ['has not changed for seven days', { ages: [8 * 24 * HOUR] }],
])('leaves a document alone that %s', async (_what, given) => {
  expect(await sweep({ state: 'gone', ...given })).toEqual(NOTHING);
});

test('counts a failure where a missing grant hides the execution of a task', async () => {
  expect(await sweep({ state: 'denied' })).toEqual({
    ...NOTHING,
    failures: 1,
    warnings: [
      expect.stringMatching(/may not describe its execution arn:.* with task_id "42" as the only field/),
    ],
  });
});

test("leaves another account's videos to the deployment there", async () => {
  expect(await sweep({ state: 'elsewhere' })).toEqual(NOTHING);
});

test('compares each document of the last days with the table, a hundred at a time', async () => {
  const compared: string[][] = [];
  const mend = async (records: readonly JobRecord[]): Promise<number> => {
    compared.push(records.map(({ video_id }) => video_id));
    return 2;
  };
  const ages = Array.from({ length: 250 }, () => 2 * HOUR);
  const swept = await sweep({ ages: [...ages, 8 * 24 * HOUR], mend });
  expect(swept).toMatchObject({ failures: 0, behind: 6 });
  expect(compared.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(new Set(compared.flat()).size).toBe(250);
});

test('counts what it could not compare, warns, and announces the ends nevertheless', async () => {
  const mend = () => Promise.reject(new Error('The table could not be read or written (Slow).'));
  const swept = await sweep({ record: ended, ages: [HOUR, HOUR, HOUR], mend });
  expect(swept).toMatchObject({ failures: 0, behind: 3, announced: ['v0', 'v1', 'v2'] });
  expect(swept.warnings).toEqual(['The table could not be read or written (Slow).']);
});
