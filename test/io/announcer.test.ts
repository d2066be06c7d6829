import { expect, test } from 'vitest';
import { BACKSTOP } from '../../infra/patience.ts';
import type { Announcement } from '../../lambdas/core/announcement.ts';
import { toCatalogue } from '../../lambdas/core/template-catalogue.ts';
import type { ToldEnd } from '../../lambdas/core/told-end.ts';
import type { Execution } from '../../lambdas/core/video.ts';
import type { VideoEvent } from '../../lambdas/core/video-event.ts';
import { type Announcer, createAnnouncer } from '../../lambdas/io/announcer.ts';
import { createClaims } from '../../lambdas/io/claims.ts';
import type { ListedExecution, PageRequest } from '../../lambdas/io/executions.ts';
import { announceMissed } from '../../lambdas/io/missed-ends.ts';
import { after, createdAt, newJob, request, submittedJob } from '../core/running-job.ts';
import { createVersionedObjects } from './versioned-objects.ts';

const signal = new AbortController().signal;
const stopped: Execution = {
  name: 'v1',
  status: 'ABORTED',
  startDate: createdAt,
  stopDate: after(60),
  redriveCount: 0,
  input: request,
  stateName: 'Wait',
  stateInput: submittedJob,
};

type Breakable = 'put events' | 'write job.json' | 'say that it is done';

/** A bucket that keeps versions, one execution, and whatever is to break, each time once. */
function world(execution: Execution | undefined = stopped, earlier: readonly Execution[] = []) {
  const views = [...earlier];
  const histories: boolean[] = [];
  const { objects, write, ...bucket } = createVersionedObjects();
  const events: VideoEvent[] = [];
  const measured: object[] = [];
  const looks: number[] = [];
  const breaks = new Set<Breakable>();
  const breakOnce = (what: Breakable): void => {
    if (breaks.delete(what)) throw new Error(`It could not ${what}.`);
  };
  const claims = createClaims({
    ...bucket,
    async putVersion(key, value, version) {
      if (isDone(value)) breakOnce('say that it is done');
      return bucket.putVersion(key, value, version);
    },
  });
  const announcer = createAnnouncer({
    executions: {
      find: async () => views.shift() ?? execution,
      tally: async () => ({ transitions: 5, isWhole: histories.shift() ?? true, stays: {} }),
    },
    claims,
    record: {
      async find(_identity, seconds) {
        looks.push(seconds);
        return undefined;
      },
      async update(videoId, change) {
        breakOnce('write job.json');
        const changed = change(objects.get(`videos/${videoId}/job.json`)?.value);
        if (changed !== undefined) write(`videos/${videoId}/job.json`, changed);
        return changed;
      },
    },
    events: {
      async put(event) {
        breakOnce('put events');
        events.push(event);
      },
    },
    measures: { emit: (each) => void measured.push(each) },
    recordWaitSeconds: 105,
    imprint: { catalogue: toCatalogue(''), version: '1', nodeVersion: 'v24' },
  });
  return { announcer, claims, objects, events, measured, looks, breaks, histories, views };
}

function isDone(note: unknown): boolean {
  return (note as Partial<Announcement>).announced_at !== undefined;
}

function at(seconds: number): () => Date {
  return () => after(seconds);
}

test('records, counts and announces an end, and says so', async () => {
  const { announcer, objects, events, measured } = world();
  expect(await announcer.announce({ name: 'v1' }, at(61), signal)).toMatchObject({
    video_id: 'v1',
    status: 'cancelled',
  });
  expect(events).toMatchObject([{ detailType: 'Video Failed', detail: { video_id: 'v1' } }]);
  expect(measured).toHaveLength(1);
  expect(objects.get('videos/v1/job.json')?.value).toEqual(events[0]?.detail);
  expect(objects.get('videos/v1/announced.json')?.value).toEqual({
    finished_at: after(60).toISOString(),
    claim: expect.any(String),
    claimed_at: after(61).toISOString(),
    announced_at: after(61).toISOString(),
  });
});

test('announces once, however many are told at the same instant and afterwards', async () => {
  const { announcer, claims, events, measured } = world();
  const tries = Array.from({ length: 50 }, () => announcer.announce({ name: 'v1' }, at(61), signal));
  const outcomes = await Promise.allSettled(tries);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(49);
  expect(refused[0]).toMatchObject({ reason: { name: 'BeingAnnounced' } });
  expect(await claims.isFulfilled('v1', after(60), after(62))).toBe(true);
  expect(await claims.isFulfilled('v1', after(61), after(62))).toBe(false);
  expect(await announcer.announce({ name: 'v1' }, at(62), signal)).toEqual({
    video_id: 'v1',
    skipped: 'announced already',
  });
  expect(events).toHaveLength(1);
  expect(measured).toHaveLength(1);
});

test.each(['put events', 'write job.json'] as const)(
  'gives its claim back where it could not %s, so that the next try announces',
  async (what) => {
    const { announcer, events, breaks, measured } = world();
    breaks.add(what);
    await expect(announcer.announce({ name: 'v1' }, at(61), signal)).rejects.toThrow(what);
    // Counted already: the alarms must hear of it although the rest is broken.
    expect(measured).toHaveLength(1);
    await announcer.announce({ name: 'v1' }, at(62), signal);
    expect(events).toHaveLength(1);
    expect(measured).toHaveLength(1);
  },
);

test('takes over the claim of one that was killed, once nobody can be at it any more', async () => {
  const { announcer, claims, events, measured } = world();
  await claims.claim('v1', after(60), after(61));
  await expect(announcer.announce({ name: 'v1' }, at(120), signal)).rejects.toMatchObject({
    name: 'BeingAnnounced',
  });
  await announcer.announce({ name: 'v1' }, at(300), signal);
  expect(events).toHaveLength(1);
  // The first has counted it, right after its claim.
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

test('does not put an end over the record of a later one, whose announcement is yet to come', async () => {
  const { announcer, objects } = world();
  const value = { status: 'succeeded', finished_at: after(90).toISOString() };
  objects.set('videos/v1/job.json', { value, version: 'later' });
  await announcer.announce({ name: 'v1' }, at(91), signal);
  expect(objects.get('videos/v1/job.json')?.value).toBe(value);
});

test('announces twice only where it could not say that it had', async () => {
  const { announcer, events, breaks } = world();
  breaks.add('say that it is done');
  await expect(announcer.announce({ name: 'v1' }, at(61), signal)).rejects.toThrow('say that it is done');
  await announcer.announce({ name: 'v1' }, at(62), signal);
  expect(events).toHaveLength(2);
});

test('waits for the record of a create that may still be under way, and only for that', async () => {
  const submitting = world({ ...stopped, stateName: 'Submit task', stateInput: request });
  await submitting.announcer.announce({ name: 'v1' }, at(61), signal);
  expect(submitting.looks).toEqual([105]);
  const choosing = world({ ...stopped, stateName: 'Task given?', stateInput: request });
  await choosing.announcer.announce({ name: 'v1' }, at(61), signal);
  expect(choosing.looks).toEqual([0]);
  const waiting = world();
  await waiting.announcer.announce({ name: 'v1' }, at(61), signal);
  expect(waiting.looks).toEqual([]);
});

test('leaves alone what is not over, and what nobody knows', async () => {
  const { stopDate: _stopDate, ...running } = { ...stopped, status: 'RUNNING' } as const;
  const { announcer, events, objects } = world(running);
  expect(await announcer.announce({ name: 'v1' }, at(61), signal)).toEqual({
    video_id: 'v1',
    skipped: 'goes on',
  });
  expect([events, objects.size]).toEqual([[], 0]);
});

/** What Step Functions shows before it has heard of the end itself. */
function stale(changes: Partial<Execution> = {}): Execution {
  const { stopDate: _stopDate, ...running } = { ...stopped, status: 'RUNNING' } as const;
  return { ...running, ...changes };
}

const told = { name: 'v1', stoppedAt: after(60).getTime(), redrives: 0 };
const whole = { ...stopped, newestEvent: 'ExecutionAborted' };

test.each([
  ['says that it still runs', stale()],
  ['shows an earlier end', { ...whole, stopDate: after(20) }],
  ['shows a history without its end', { ...whole, newestEvent: 'WaitStateEntered' }],
])('looks again where Step Functions %s', async (_how, view) => {
  const { announcer, events, views } = world(whole, [view, view]);
  expect(await announcer.announce(told, at(61), signal)).toMatchObject({ status: 'cancelled' });
  expect(views).toEqual([]);
  expect(events).toHaveLength(1);
});

test('fails, to be called again, where Step Functions does not show the end for long', async () => {
  const { announcer, objects } = world(stale());
  await expect(announcer.announce(told, at(61), signal)).rejects.toMatchObject({ name: 'NotShownYet' });
  expect(objects.size).toBe(0);
}, 10_000);

test('looks again where the history does not go as far as the end', async () => {
  const { announcer, histories } = world(whole);
  histories.push(false, false);
  expect(await announcer.announce(told, at(62), signal)).toMatchObject({ status: 'cancelled' });
  expect(histories).toEqual([]);
});

test('fails, to be called again, where the history does not go as far as the end for long', async () => {
  const { announcer, objects, histories } = world(whole);
  histories.push(false, false, false, false, false);
  await expect(announcer.announce(told, at(61), signal)).rejects.toMatchObject({ name: 'NotShownYet' });
  expect(objects.size).toBe(0);
}, 10_000);

test.each([
  ['goes on', stale({ redriveCount: 1 })],
  ['has ended again', { ...stopped, stopDate: after(90), redriveCount: 1 }],
])('leaves an end alone that a redrive has followed which %s', async (_how, view) => {
  const { announcer, events } = world(view);
  expect(await announcer.announce(told, at(61), signal)).toEqual({ video_id: 'v1', skipped: 'goes on' });
  expect(events).toEqual([]);
});

const lost = { Error: 'SubmitOutcomeUnknown', Cause: 'It broke.', title: 'A title', money_spent: 'maybe' };

test.each([
  ['was stopped', { ...stopped, stateName: 'Submit task', stateInput: request }],
  [
    'failed although its function went on',
    { ...stopped, status: 'FAILED', stateName: 'Video failed', stateInput: { ...newJob, error: lost } },
  ],
] as const)(
  'takes a task that was written down at the last moment into the record of one that %s',
  async (_how, end) => {
    const { announcer, objects, events } = world(end);
    objects.set('videos/v1/job.json', { value: submittedJob, version: 'late' });
    await announcer.announce({ name: 'v1' }, at(61), signal);
    expect(objects.get('videos/v1/job.json')?.value).toMatchObject({ task: { task_id: '42' } });
    expect(events).toMatchObject([{ detail: { task: { task_id: '42' } } }]);
  },
);

const MINUTE = 60;
const HOUR = 3600;

/** Executions that ended so many seconds before the look at `NOW`, newest start first. */
function listOf(ages: readonly (number | undefined)[], startedAgo = 7 * HOUR) {
  const all = ages.map((age, index): ListedExecution & { readonly age: number | undefined } => ({
    name: `v${index}`,
    status: 'failed',
    age,
    startDate: after(NOW - startedAgo),
    ...(age === undefined ? {} : { stopDate: after(NOW - age) }),
  }));
  const asked: PageRequest[] = [];
  return {
    asked,
    async list(page: PageRequest) {
      asked.push(page);
      if (page.status !== 'failed') return { executions: [] };
      const from = Number(page.nextToken ?? 0);
      const more = from + 2 < all.length ? { nextToken: String(from + 2) } : {};
      return { executions: all.slice(from, from + 2), ...more };
    },
  };
}

const NOW = 100 * HOUR;

/** Which of them are announced, when this announcer is asked for those that were missed. */
async function missed(executions: ReturnType<typeof listOf>, announcer?: Announcer) {
  const asked: string[] = [];
  const warnings: Error[] = [];
  const peers = {
    executions,
    claims: { isFulfilled: async (name: string) => name === 'v4' },
    announcer: announcer ?? {
      async announce({ name }: ToldEnd) {
        asked.push(name);
        return { video_id: name, skipped: 'unknown' } as const;
      },
    },
    warn: (error: Error) => void warnings.push(error),
  };
  const unannounced = await announceMissed(peers, at(NOW), signal);
  return { asked: asked.toSorted(), unannounced, warnings };
}

test('looks once more at what has ended between five minutes and six hours ago, on every page, unless it is announced', async () => {
  const ages = [undefined, 1, 4 * MINUTE, 6 * MINUTE, HOUR, 5.9 * HOUR, 6.1 * HOUR];
  const executions = listOf(ages);
  expect(await missed(executions)).toEqual({ asked: ['v3', 'v5'], unannounced: 0, warnings: [] });
  expect(executions.asked.map(({ status }) => status)).not.toContain('running');
});

test('finds what has run for as long as an execution can', async () => {
  const longestHours = 48 + BACKSTOP.toHours();
  const executions = listOf([5.9 * HOUR], (longestHours + 5.9) * HOUR);
  expect(await missed(executions)).toMatchObject({ asked: ['v0'] });
});

test('reads no further than to executions that cannot have run for so long', async () => {
  const executions = listOf([HOUR, HOUR, HOUR, HOUR], 97 * HOUR);
  expect(await missed(executions)).toMatchObject({ asked: [] });
  expect(executions.asked.filter(({ status }) => status === 'failed')).toHaveLength(1);
});

test('goes on with the others where one could not be announced, and counts it unless another is at it', async () => {
  const done: string[] = [];
  const announcer: Announcer = {
    async announce({ name }) {
      if (name === 'v1') throw new Error('S3 is down.');
      if (name === 'v2') throw Object.assign(new Error('Another is at it.'), { name: 'BeingAnnounced' });
      done.push(name);
      return { video_id: name, skipped: 'announced already' };
    },
  };
  const { unannounced, warnings } = await missed(listOf([HOUR, HOUR, HOUR, HOUR]), announcer);
  expect(unannounced).toBe(1);
  expect(warnings.map(({ message }) => message).toSorted()).toEqual([
    'The end of v1 could not be announced: S3 is down.',
    'The end of v2 could not be announced: Another is at it.',
  ]);
  expect(done.toSorted()).toEqual(['v0', 'v3']);
});
