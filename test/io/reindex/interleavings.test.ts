import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryTable } from '../../harness/memory-table.ts';
import { type Phase, VideoWorld } from './video-world.ts';

const LIFE: readonly Phase[] = ['accepted', 'claimed', 'task', 'failed', 'redriven', 'succeeded'];

/** A version below, between and above those of real items, and none. */
const JUNK_VERSIONS = [
  '',
  '0',
  '2026-11-22T10:00:00.000Z/0000/1/0',
  '2026-11-22T10:00:00.000Z/0000/2/2',
  '9',
  undefined,
];

const junkItem = fc.record({
  sk: fc.constantFrom('video', 'metadata#order', 'metadata#shop', 'metadata#retired'),
  version: fc.constantFrom(...JUNK_VERSIONS),
});

/** How far a video has come before the run, how far it comes during the run, and which of its writes to the table fail. */
const video = fc.record({
  before: fc.nat(LIFE.length),
  until: fc.nat(LIFE.length),
  lost: fc.array(fc.boolean(), { minLength: LIFE.length, maxLength: LIFE.length }),
  isForgotten: fc.boolean(),
  junk: fc.uniqueArray(junkItem, { maxLength: 3, selector: ({ sk }) => sk }),
});

type Video = typeof video extends fc.Arbitrary<infer Value> ? Value : never;

interface History {
  readonly videos: readonly Video[];
  /** Do writes to the table fail during the run? */
  readonly isFailing: boolean;
}

async function play(scheduler: fc.Scheduler, { videos, isFailing }: History) {
  let isScheduled = false;
  const step = async (label: string): Promise<void> => {
    if (isScheduled) await scheduler.schedule(Promise.resolve(), label);
  };
  const table = createMemoryTable({ step });
  const world = new VideoWorld({ table, step });
  for (const [index, { before, lost, isForgotten, junk }] of videos.entries()) {
    for (const [at, phase] of LIFE.slice(0, before).entries())
      await world.live(`v${index}`, phase, !lost[at]);
    if (isForgotten && before >= LIFE.length) world.forget(`v${index}`);
    for (const { sk, version } of junk) putJunk(table.items, `video#v${index}`, sk, version);
  }
  isScheduled = true;
  const lives = videos.map(async ({ before, until, lost }, index) => {
    for (let at = before; at < until; at += 1)
      await world.live(`v${index}`, LIFE[at] as Phase, !(isFailing && lost[at]));
  });
  const [report] = await scheduler.waitFor(Promise.all([world.reindex(), ...lives]));
  isScheduled = false;
  return { world, table, report };
}

function putJunk(items: Map<string, object>, pk: string, sk: string, version: string | undefined): void {
  const junk = {
    pk,
    sk,
    ...(version === undefined ? {} : { version }),
    status_key: 'junk',
    position: 'junk',
  };
  items.set(`${pk} ${sk}`, junk);
}

function expected({ videos }: History, world: VideoWorld): readonly object[] {
  return videos.flatMap((_, index) => world.expectedItems(`v${index}`));
}

function stored(items: ReadonlyMap<string, object>): readonly object[] {
  return [...items].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

const videos = fc.array(video, { minLength: 1, maxLength: 4 });
const RUNS = { numRuns: 400 };

test('the table is as bucket and Step Functions say after a run while videos live, in any order of the calls', async () => {
  const property = fc.asyncProperty(fc.scheduler(), videos, async (scheduler, given) => {
    const history = { videos: given, isFailing: false };
    const { world, table, report } = await play(scheduler, history);
    expect(world.warnings).toEqual([]);
    expect(report.failed).toBeUndefined();
    expect(stored(table.items)).toEqual(expected(history, world));
  });
  await fc.assert(property, RUNS);
});

test('a run after writes that failed makes the table right, and the next run finds it right', async () => {
  const property = fc.asyncProperty(fc.scheduler(), videos, async (scheduler, given) => {
    const history = { videos: given, isFailing: true };
    const { world, table } = await play(scheduler, history);
    await world.reindex();
    expect(stored(table.items)).toEqual(expected(history, world));
    expect(Object.keys(await world.reindex()).filter((finding) => finding !== 'right')).toEqual([]);
  });
  await fc.assert(property, RUNS);
});
