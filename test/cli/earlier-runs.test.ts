import { expect, test } from 'vitest';
import { describeEarlierRuns } from '../../cli/earlier-runs.ts';
import type { LocalService } from '../../local/local-service.ts';
import type { StoredJob } from '../../local/recovery/video-objects.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';

type Job = Pick<StoredJob, 'videoId'> & Partial<StoredJob>;

const toJob = (job: Job): StoredJob => ({
  isCreateInDoubt: false,
  modifiedAt: new Date(),
  hasEnded: true,
  isCancelled: false,
  wasStored: false,
  ...job,
});

interface Found {
  readonly jobs: readonly Job[];
  readonly forgotten?: readonly (Job & { readonly isTakenUp: boolean })[];
  readonly unreadable?: readonly string[];
  /** Tasks by the ids of the videos that are stored. */
  readonly stored?: Readonly<Record<string, string>>;
  readonly running?: readonly string[];
}

function found({ jobs, stored = {}, running = [], forgotten = [], unreadable = [] }: Found) {
  const executions = {
    get: (name: string) => (running.includes(name) ? ({ status: 'RUNNING' } as LocalExecution) : undefined),
  };
  return {
    resumed: running.map((name) => ({
      execution: { name } as LocalExecution,
      state: 'Wait',
      isInterrupted: false,
    })),
    videos: {
      ids: () => [...jobs.map(({ videoId }) => videoId), ...unreadable],
      job: (videoId: string) => jobs.map(toJob).find((job) => job.videoId === videoId),
      isUnreadable: (videoId: string) => unreadable.includes(videoId),
      isCreateInDoubt: () => false,
      storedTask: (videoId: string) => stored[videoId],
    },
    forgotten: forgotten.map(({ isTakenUp, ...job }) => ({ job: toJob(job), isTakenUp })),
    engine: { executions } as unknown as LocalService['engine'],
  };
}

const describe = (
  service: ReturnType<typeof found>,
  otherHosts: Parameters<typeof describeEarlierRuns>[0]['otherHosts'] = [],
) => describeEarlierRuns({ service, otherHosts, fetchCommand: (taskId) => `npm start -- --task ${taskId}` });

test('names what continues, with its state and its task', () => {
  const service = found({ jobs: [{ videoId: 'v1', taskId: '7' }], running: ['v1', 'v2'] });
  expect(describe(service)).toEqual(['Continues: video v1 at Wait, task 7.', 'Continues: video v2 at Wait.']);
});

test('names a task that is paid and not delivered, with the command that fetches it', () => {
  expect(describe(found({ jobs: [{ videoId: 'v1', taskId: '7', error: 'VideoUnreachable' }] }))).toEqual([
    'Paid and not delivered: video v1, task 7. To fetch it: npm start -- --task 7',
  ]);
});

test.each([
  ['was stored and deleted', { jobs: [{ videoId: 'v1', taskId: '7', wasStored: true }] }],
  ['is stored', { jobs: [{ videoId: 'v1', taskId: '7' }], stored: { v1: '7' } }],
  [
    'was fetched under another id',
    {
      jobs: [
        { videoId: 'v1', taskId: '7' },
        { videoId: 'v2', taskId: '7' },
      ],
      stored: { v2: '7' },
    },
  ],
  ['was not made', { jobs: [{ videoId: 'v1', taskId: '7', error: 'GenerationFailed' }] }],
  ['was rejected', { jobs: [{ videoId: 'v1', taskId: '7', error: 'ContentRejected', moneySpent: 'maybe' }] }],
  ['was never accepted', { jobs: [{ videoId: 'v1', error: 'MiniMaxRefused' }] }],
  ['cost nothing', { jobs: [{ videoId: 'v1', taskId: '7', error: 'InvalidRequest', moneySpent: 'no' }] }],
  ['was cancelled', { jobs: [{ videoId: 'v1', taskId: '7', isCancelled: true }] }],
  ['another service works on', { jobs: [{ videoId: 'v1', taskId: '7', hasEnded: false }] }],
])('says nothing of a video that %s', (_name, jobs) => {
  expect(describe(found(jobs))).toEqual([]);
});

test('names what is left to another host', () => {
  const others = [{ name: 'api.minimax.io', videos: 2, taskIds: ['7'] }];
  expect(describe(found({ jobs: [] }), others)).toEqual([
    'Not continued: 2 unfinished videos of api.minimax.io (tasks 7). A start with that host continues them.',
  ]);
});

test('names another host whose database cannot be read', () => {
  const others = [{ name: 'api.minimax.io', unreadable: 'file is not a database' }];
  expect(describe(found({ jobs: [] }), others)).toEqual([
    'Not continued: the database of api.minimax.io cannot be read (file is not a database).',
  ]);
});

test('says which forgotten video continues, which is in doubt, and which is too old to be adopted', () => {
  const jobs = [
    { videoId: 'v1', taskId: '7', hasEnded: false, isTakenUp: true },
    { videoId: 'v2', isCreateInDoubt: true, hasEnded: false, isTakenUp: false },
    { videoId: 'v3', taskId: '8', hasEnded: false, isTakenUp: false },
    { videoId: 'v4', hasEnded: false, isTakenUp: false },
  ];
  expect(describe(found({ jobs, forgotten: jobs }))).toEqual([
    'Continues: video v1, task 7, in a new execution.',
    'In doubt: video v2 may have been paid for. Its task is not known, so it is not submitted again.',
    'Paid and not delivered: video v3, task 8. To fetch it: npm start -- --task 8',
  ]);
});

test('names a job document that cannot be read', () => {
  expect(describe(found({ jobs: [], unreadable: ['v1'] }))).toEqual([
    'Unreadable: videos/v1/job.json is damaged or no job document. Nothing is submitted for this video until you move the file away.',
  ]);
});
