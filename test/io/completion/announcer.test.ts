import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VideoEvent } from '../../../lambdas/core/completion/video-event.ts';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { requestDigest } from '../../../lambdas/core/job/request-digest.ts';
import { jobKey } from '../../../lambdas/core/storage-keys.ts';
import type { Execution } from '../../../lambdas/core/video/execution.ts';
import { createAnnouncer } from '../../../lambdas/io/completion/announcer.ts';
import { createLeases, type Leases } from '../../../lambdas/io/completion/leases.ts';
import { createJobRecords } from '../../../lambdas/io/job/job-record.ts';
import { after, createdAt, executionKey, newJob, request, submittedJob } from '../../harness/running-job.ts';
import { type RunningTable, startTable } from '../../harness/table.ts';
import { createVersionedObjects } from '../../harness/versioned-objects.ts';

const signal = new AbortController().signal;
const stopped: Execution = {
  arn: executionKey.execution_arn,
  name: 'v1',
  status: 'ABORTED',
  startDate: createdAt,
  stopDate: after(60),
  redriveCount: 0,
  input: request,
  stateName: 'Wait',
  stateInput: submittedJob,
};

const JOB = jobKey('v1');

let running: RunningTable;
beforeAll(async () => {
  running = await startTable();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

let worlds = 0;

/** The leases of one world. All worlds have one table. */
function ownLeases(): { readonly leases: Leases; readonly emptyTable: () => void } {
  worlds += 1;
  let world = worlds;
  const leases = createLeases(running.table, (error) => {
    throw error;
  });
  return {
    leases: { acquire: (videoId, ...end) => leases.acquire(`${videoId}-${world}`, ...end) },
    emptyTable() {
      worlds += 1;
      world = worlds;
    },
  };
}

type Breakable = 'write the table' | 'put events' | 'write job.json' | 'write announced_at';

/**
 * A bucket with versions and one execution. What is in `breaks` fails once. What is in `late` runs right before `job.json`
 * is changed.
 */
function world(execution: Execution | 'unknown' = stopped, earlier: readonly Execution[] = []) {
  const views = [...earlier];
  const histories: boolean[] = [];
  const { objects, write, ...bucket } = createVersionedObjects();
  const events: VideoEvent[] = [];
  const measured: object[] = [];
  const waits: number[] = [];
  const late: (() => void)[] = [];
  const records = createJobRecords(bucket);
  const breaks = new Set<Breakable>();
  const breakOnce = (what: Breakable): void => {
    if (breaks.delete(what)) throw new Error(`It could not ${what}.`);
  };
  const { leases, emptyTable } = ownLeases();
  const listed: JobRecord[] = [];
  const warnings: string[] = [];
  const announcer = createAnnouncer({
    executions: {
      find: async () => views.shift() ?? (execution === 'unknown' ? undefined : execution),
      stats: async () => ({ transitions: 5, isComplete: histories.shift() ?? true, durations: {} }),
    },
    leases,
    index: {
      async put(record) {
        breakOnce('write the table');
        listed.push(record);
        return true;
      },
    },
    records: {
      find(key, seconds) {
        waits.push(seconds);
        return records.find(key, 0, signal);
      },
      async update(key, change) {
        breakOnce('write job.json');
        late.shift()?.();
        return records.update(key, (found) => {
          const changed = change(found);
          if (changed !== undefined && 'announced_at' in changed) breakOnce('write announced_at');
          return changed;
        });
      },
    },
    events: {
      async put(event) {
        breakOnce('put events');
        events.push(event);
      },
    },
    metrics: { emit: (each) => void measured.push(each) },
    recordWaitSeconds: 105,
    pollMs: 1,
    recordMetadata: { host: '', version: '1', nodeVersion: 'v24' },
    warn: ({ message }) => void warnings.push(message),
  });
  const job = () => objects.get(JOB)?.value;
  const putJob = (value: object) => void write(JOB, value);
  const seen = { listed, events, measured, waits, warnings };
  return {
    announcer,
    emptyTable,
    records,
    leases,
    objects,
    job,
    putJob,
    late,
    breaks,
    histories,
    views,
    ...seen,
  };
}

function at(seconds: number): () => Date {
  return () => after(seconds);
}

test('records, counts and announces an end, and says so', async () => {
  const { announcer, job, events, listed, measured } = world();
  expect(await announcer.announce({ name: 'v1' }, at(61), signal)).toMatchObject({
    video_id: 'v1',
    status: 'cancelled',
  });
  expect(events).toMatchObject([{ detailType: 'Video Failed', detail: { video_id: 'v1' } }]);
  expect(measured).toHaveLength(1);
  expect(job()).toEqual({
    ...events[0]?.detail,
    execution_arn: executionKey.execution_arn,
    request_digest: requestDigest(request),
    announced_at: after(61).toISOString(),
  });
  expect(listed).toMatchObject([{ video_id: 'v1', status: 'cancelled' }]);
});

test('announces an end although the table does not take it', async () => {
  const { announcer, events, breaks, warnings } = world();
  breaks.add('write the table');
  expect(await announcer.announce({ name: 'v1' }, at(61), signal)).toMatchObject({ status: 'cancelled' });
  expect(events).toHaveLength(1);
  expect(warnings).toEqual(['It could not write the table.']);
});

test('announces once where fifty calls get one event, and once more afterwards', async () => {
  const { announcer, events, measured } = world();
  const tries = Array.from({ length: 50 }, () => announcer.announce({ name: 'v1' }, at(61), signal));
  const outcomes = await Promise.allSettled(tries);
  const rejected = outcomes.filter(({ status }) => status === 'rejected');
  expect(rejected).toHaveLength(49);
  expect(rejected[0]).toMatchObject({ reason: { name: 'LeaseHeld' } });
  expect(await announcer.announce({ name: 'v1' }, at(62), signal)).toEqual({
    video_id: 'v1',
    skipped: 'announced already',
  });
  expect(events).toHaveLength(1);
  expect(measured).toHaveLength(1);
});

test.each(['put events', 'write job.json'] as const)(
  'releases its lease where it could not %s, so that the next try announces',
  async (what) => {
    const { announcer, events, breaks, measured } = world();
    breaks.add(what);
    await expect(announcer.announce({ name: 'v1' }, at(61), signal)).rejects.toThrow(what);
    // Counted already: the alarms need the numbers although the rest is broken.
    expect(measured).toHaveLength(1);
    await announcer.announce({ name: 'v1' }, at(62), signal);
    expect(events).toHaveLength(1);
    expect(measured).toHaveLength(1);
  },
);

test('acquires the lease of a call that was killed, once it has expired', async () => {
  const { announcer, leases, events, measured } = world();
  await leases.acquire('v1', after(60), after(61));
  await expect(announcer.announce({ name: 'v1' }, at(120), signal)).rejects.toMatchObject({
    name: 'LeaseHeld',
  });
  await announcer.announce({ name: 'v1' }, at(300), signal);
  expect(events).toHaveLength(1);
  // The killed call has counted it, right after it acquired the lease.
  expect(measured).toHaveLength(0);
});

test('leaves a later end that was announced first as it is', async () => {
  const later = world({ ...stopped, stopDate: after(90), redriveCount: 1 });
  await later.announcer.announce({ name: 'v1' }, at(91), signal);
  const kept = new Map(later.objects);
  const late = world(stopped);
  for (const [key, object] of kept) late.objects.set(key, object);
  expect(await late.announcer.announce({ name: 'v1' }, at(92), signal)).toEqual({
    video_id: 'v1',
    skipped: 'announced already',
  });
  expect([late.objects, late.events, late.measured]).toEqual([kept, [], []]);
});

test('does not write an end over the record of a later end, which is not announced yet', async () => {
  const { announcer, job, putJob } = world();
  const value = { ...executionKey, status: 'succeeded', finished_at: after(90).toISOString() };
  putJob(value);
  await announcer.announce({ name: 'v1' }, at(91), signal);
  expect(job()).toBe(value);
});

test('announces twice only where it could not write that it did, and not before its lease is over', async () => {
  const { announcer, job, events, measured, warnings, breaks } = world();
  breaks.add('write announced_at');
  expect(await announcer.announce({ name: 'v1' }, at(61), signal)).toMatchObject({ status: 'cancelled' });
  expect(warnings).toEqual([
    expect.stringMatching(/The end of v1 is announced, .* could not write announced_at/i),
  ]);
  expect(job()).not.toHaveProperty('announced_at');
  await expect(announcer.announce({ name: 'v1' }, at(120), signal)).rejects.toMatchObject({
    name: 'LeaseHeld',
  });
  expect(events).toHaveLength(1);
  await announcer.announce({ name: 'v1' }, at(300), signal);
  await announcer.announce({ name: 'v1' }, at(900), signal);
  expect(events).toHaveLength(2);
  expect(measured).toHaveLength(1);
  expect(job()).toMatchObject({ announced_at: after(300).toISOString() });
});

test('announces an end once, also where its lease is gone', async () => {
  const { announcer, emptyTable, events, measured } = world();
  await announcer.announce({ name: 'v1' }, at(61), signal);
  emptyTable();
  expect(await announcer.announce({ name: 'v1' }, at(62), signal)).toMatchObject({
    skipped: 'announced already',
  });
  expect([events.length, measured.length]).toEqual([1, 1]);
});

test('announces nothing where another call has announced the end since the document was read', async () => {
  const { announcer, job, late, putJob, events } = world();
  late.push(() =>
    putJob({
      ...executionKey,
      status: 'cancelled',
      finished_at: after(60).toISOString(),
      redrives: 0,
      announced_at: after(61).toISOString(),
    }),
  );
  expect(await announcer.announce({ name: 'v1' }, at(62), signal)).toMatchObject({
    skipped: 'announced already',
  });
  expect(events).toEqual([]);
  expect(job()).toMatchObject({ announced_at: after(61).toISOString() });
});

test('announces the end of a redrive although the end before it was announced', async () => {
  const first = world();
  await first.announcer.announce({ name: 'v1' }, at(61), signal);
  const second = world({ ...stopped, stopDate: after(90), redriveCount: 1 });
  second.putJob(first.job() as object);
  await second.announcer.announce({ name: 'v1' }, at(91), signal);
  expect(second.events).toMatchObject([{ detail: { redrives: 1 } }]);
  expect(second.job()).toMatchObject({ redrives: 1, announced_at: after(91).toISOString() });
});

test('does not note the announcement in the document of a later end', async () => {
  const { announcer, job, putJob, events } = world();
  const later = { ...executionKey, status: 'failed', finished_at: after(90).toISOString(), redrives: 1 };
  putJob(later);
  await announcer.announce({ name: 'v1' }, at(91), signal);
  expect(events).toHaveLength(1);
  expect(job()).toEqual(later);
});

test('keeps the mark of a redrive that came before its own write, and leaves it out of the event', async () => {
  const { announcer, job, putJob, late, events } = world();
  const redriven = { redrive_count: 1, at: after(70).toISOString() };
  late.push(() => putJob({ ...claim, redriven }));
  await announcer.announce({ name: 'v1' }, at(71), signal);
  expect(job()).toMatchObject({ status: 'cancelled', redrives: 0, redriven });
  expect(events[0]?.detail).not.toHaveProperty('redriven');
});

test('does not write an end over the claim of a redrive that came before its own write', async () => {
  const { announcer, job, putJob, late } = world();
  const anew = { ...claim, attempt: { id: 'anew', redrive_count: 1, retry_count: 0 } };
  late.push(() => putJob(anew));
  await announcer.announce({ name: 'v1' }, at(71), signal);
  expect(job()).toEqual(anew);
});

test('removes the mark of a redrive with the end of that redrive', async () => {
  const { announcer, job, putJob } = world({ ...stopped, redriveCount: 1 });
  putJob({
    ...claim,
    finished_at: after(9).toISOString(),
    redriven: { redrive_count: 1, at: after(20).toISOString() },
  });
  await announcer.announce({ name: 'v1' }, at(61), signal);
  expect(job()).toMatchObject({ status: 'cancelled', redrives: 1 });
  expect(JSON.stringify(job())).not.toContain('redriven');
});

test('waits for the record of a create that may still be in progress, and for no other', async () => {
  const submitting = world({ ...stopped, stateName: 'Submit task', stateInput: request });
  await submitting.announcer.announce({ name: 'v1' }, at(61), signal);
  expect(submitting.waits).toEqual([105]);
  const choosing = world({ ...stopped, stateName: 'Task given?', stateInput: request });
  await choosing.announcer.announce({ name: 'v1' }, at(61), signal);
  expect(choosing.waits).toEqual([0]);
  const waiting = world();
  await waiting.announcer.announce({ name: 'v1' }, at(61), signal);
  expect(waiting.waits).toEqual([0]);
});

test.each<[string, Execution | 'unknown', string]>([
  ['that still runs', stale(), 'continues'],
  ['that Step Functions does not know', 'unknown', 'unknown'],
])('skips an execution %s', async (_which, execution, skipped) => {
  const { announcer, events, objects, measured } = world(execution);
  expect(await announcer.announce({ name: 'v1' }, at(61), signal)).toEqual({ video_id: 'v1', skipped });
  expect([events, objects.size, measured]).toEqual([[], 0, []]);
});

/** What Step Functions shows while it lags behind its own event. */
function stale(changes: Partial<Execution> = {}): Execution {
  const { stopDate: _stopDate, ...running } = { ...stopped, status: 'RUNNING' } as const;
  return { ...running, ...changes };
}

const endEvent = { name: 'v1', stoppedAt: after(60).getTime(), redrives: 0 };
const visible = { ...stopped, newestEvent: 'ExecutionAborted' };

test.each([
  ['says that it still runs', stale()],
  ['shows an earlier end', { ...visible, stopDate: after(20) }],
  ['shows a history without its end', { ...visible, newestEvent: 'WaitStateEntered' }],
])('polls again where Step Functions %s', async (_how, view) => {
  const { announcer, events, views } = world(visible, [view, view]);
  expect(await announcer.announce(endEvent, at(61), signal)).toMatchObject({ status: 'cancelled' });
  expect(views).toEqual([]);
  expect(events).toHaveLength(1);
});

test('fails, to be called again, where Step Functions does not show the end in five polls', async () => {
  const { announcer, objects } = world(stale());
  await expect(announcer.announce(endEvent, at(61), signal)).rejects.toMatchObject({ name: 'NotYetVisible' });
  expect(objects.size).toBe(0);
});

test('polls again where the history does not contain the end', async () => {
  const { announcer, histories } = world(visible);
  histories.push(false, false);
  expect(await announcer.announce(endEvent, at(62), signal)).toMatchObject({ status: 'cancelled' });
  expect(histories).toEqual([]);
});

test('fails, to be called again, where the history does not contain the end in five polls', async () => {
  const { announcer, objects, histories } = world(visible);
  histories.push(false, false, false, false, false);
  await expect(announcer.announce(endEvent, at(61), signal)).rejects.toMatchObject({ name: 'NotYetVisible' });
  expect(objects.size).toBe(0);
});

test.each([
  ['continues', stale({ redriveCount: 1 })],
  ['has ended again', { ...stopped, stopDate: after(90), redriveCount: 1 }],
])('skips an end that was followed by a redrive which %s', async (_how, view) => {
  const { announcer, events } = world(view);
  expect(await announcer.announce(endEvent, at(61), signal)).toEqual({
    video_id: 'v1',
    skipped: 'continues',
  });
  expect(events).toEqual([]);
});

const claim = {
  ...executionKey,
  owner: 'arn:caller',
  request_digest: requestDigest(request),
  attempt: { id: 'random', redrive_count: 0, retry_count: 0 },
  request,
};
const lost = {
  Error: 'SubmitOutcomeUnknown',
  Cause: 'It broke.',
  title: 'A title',
  money_spent: 'maybe',
  retry: 'never',
};

test.each([
  ['was stopped', { ...stopped, stateName: 'Submit task', stateInput: request }],
  [
    'failed although its function went on',
    { ...stopped, status: 'FAILED', stateName: 'Video failed', stateInput: { ...newJob, error: lost } },
  ],
] as const)(
  'keeps a task that was written down at the last moment in the record of an execution that %s',
  async (_how, end) => {
    for (const isLate of [false, true]) {
      const { announcer, job, putJob, late, events } = world(end);
      putJob(claim);
      const writeDown = () => putJob({ ...claim, task: submittedJob.task });
      if (isLate) late.push(writeDown);
      else writeDown();
      await announcer.announce({ name: 'v1' }, at(61), signal);
      expect(job()).toMatchObject({
        ...claim,
        task: { task_id: '42' },
        finished_at: after(60).toISOString(),
      });
      expect(events).toMatchObject([{ detail: { task: { task_id: '42' } } }]);
    }
  },
);

const another = { ...claim, execution_arn: 'arn:another' };

test('touches and announces nothing where another execution holds the video', async () => {
  const held = world();
  held.putJob(another);
  const overtaken = world();
  overtaken.late.push(() => overtaken.putJob(another));
  const shutOut = world({ ...stopped, status: 'FAILED', error: 'VideoExistsAlready' });
  for (const { announcer, events } of [held, overtaken, shutOut]) {
    expect(await announcer.announce({ name: 'v1' }, at(61), signal)).toEqual({
      video_id: 'v1',
      skipped: 'foreign',
    });
    expect(events).toEqual([]);
  }
  expect([held.job(), overtaken.job(), shutOut.job()]).toEqual([another, another, undefined]);
  expect([held.measured, shutOut.measured]).toEqual([[], []]);
});

test('neither announces nor overwrites where job.json is no job document', async () => {
  const { announcer, putJob, objects, events, measured } = world();
  putJob({ task: 17 });
  const before = new Map(objects);
  await expect(announcer.announce({ name: 'v1' }, at(61), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: expect.stringContaining(JOB),
  });
  expect([objects, events, measured]).toEqual([before, [], []]);
});

test('ends a bare claim whose execution is gone, as in doubt, and announces that', async () => {
  const { announcer, job, putJob, events, measured } = world(undefined);
  putJob(claim);
  await announcer.announceForgotten(claim, after(300), at(900));
  expect(job()).toMatchObject({
    ...claim,
    status: 'failed',
    finished_at: after(600).toISOString(),
    announced_at: after(900).toISOString(),
    error: { Error: 'SubmitOutcomeUnknown', money_spent: 'maybe', retry: 'never' },
  });
  expect(events).toMatchObject([
    { detailType: 'Video Failed', detail: { video_id: 'v1', error: { Error: 'SubmitOutcomeUnknown' } } },
  ]);
  expect(measured).toHaveLength(1);
});

test('announces the end of a bare claim again where the bus was down, and counts it once', async () => {
  const { announcer, job, putJob, events, measured, breaks } = world(undefined);
  putJob(claim);
  breaks.add('put events');
  await expect(announcer.announceForgotten(claim, after(300), at(900))).rejects.toThrow();
  expect(job()).toEqual(claim);
  await announcer.announceForgotten(claim, after(300), at(4500));
  expect(job()).toMatchObject({ status: 'failed' });
  expect(events).toHaveLength(1);
  expect(measured).toHaveLength(1);
});

test('ends a claim whose redriven execution is gone, although an end before the redrive is recorded', async () => {
  const { announcer, job, putJob, events } = world(undefined);
  const redriven = { redrive_count: 2, at: after(200).toISOString() };
  const record = { ...claim, status: 'cancelled' as const, finished_at: after(100).toISOString(), redriven };
  putJob({ ...record, announced_at: after(101).toISOString() });
  await announcer.announceForgotten(record, after(300), at(900));
  expect(job()).toMatchObject({ status: 'failed', redrives: 2, finished_at: after(600).toISOString() });
  expect(JSON.stringify(job())).not.toContain('redriven');
  expect(events).toHaveLength(1);
});
