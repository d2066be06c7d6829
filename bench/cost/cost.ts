import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../../cli/script-flags.ts';
import { ratio } from '../measure.ts';
import { createReport, RECORD_FLAG } from '../report.ts';
import { startClock } from './clock.ts';
import { toDollars, type Usage } from './prices.ts';
import type { Pace, Simulation } from './simulation.ts';

/**
 * `npm run bench:cost`: the cost of orchestrating one video, and its delivery lag, from simulated runs of the synthesized
 * service with its real bundles. Compares the schedule with fixed pauses and with callbacks.
 */
const MINUTES = [1, 3, 5, 10, 15];
const asScheduled = (waitSeconds: number): number => waitSeconds;
const never = (): readonly number[] => [];

interface Mode extends Pace {
  readonly callbacks: boolean;
}

const MODES: Readonly<Record<string, Mode>> = {
  'as it is': { callbacks: false, waitSeconds: asScheduled, callbacksAfter: never },
  'fixed 10 s': { callbacks: false, waitSeconds: () => 10, callbacksAfter: never },
  'fixed 30 s': { callbacks: false, waitSeconds: () => 30, callbacksAfter: never },
  'fixed 180 s': { callbacks: false, waitSeconds: () => 180, callbacksAfter: never },
  callbacks: { callbacks: true, waitSeconds: asScheduled, callbacksAfter: (seconds) => [10, seconds] },
  'callbacks, 3 of them': {
    callbacks: true,
    waitSeconds: asScheduled,
    callbacksAfter: (seconds) => [5, 15, seconds],
  },
  'callbacks, silent': { callbacks: true, waitSeconds: asScheduled, callbacksAfter: never },
};

/** Runs of each cell. Their lengths are spread evenly over the longest pause, so that no pause is favoured by chance. */
const RUNS = 12;
const SPREAD_SECONDS = 180;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

function lengths(minutes: number): readonly number[] {
  const spread = Math.min(SPREAD_SECONDS, minutes * 60);
  return Array.from(
    { length: RUNS },
    (_, run) => minutes * 60 + (((run + 1) * GOLDEN) % 1) * spread - spread / 2,
  );
}

/** The mean of each count over all runs, and the longest delivery lag. */
interface Runs {
  readonly usage: Usage;
  readonly worstLagSeconds: number;
}

async function runAll(simulation: Simulation, minutes: number, pace: Pace): Promise<Runs> {
  const usages: Usage[] = [];
  for (const seconds of lengths(minutes)) usages.push(await simulation.run(seconds, pace));
  const [first] = usages;
  const keys = Object.keys(first ?? {}) as (keyof Usage)[];
  const mean = (key: keyof Usage): number =>
    usages.reduce((sum, usage) => sum + usage[key], 0) / usages.length;
  return {
    usage: Object.fromEntries(keys.map((key) => [key, mean(key)])) as unknown as Usage,
    worstLagSeconds: Math.max(...usages.map(({ lagSeconds }) => lagSeconds)),
  };
}

function toRow(
  minutes: number,
  name: string,
  { usage, worstLagSeconds }: Runs,
  baseline: Runs,
): Record<string, string | number> {
  return {
    minutes,
    mode: name,
    transitions: Math.round(usage.transitions),
    'Lambda ms': Math.round(usage.lambdaMs),
    'S3 calls': Math.round(usage.s3Reads + usage.s3Writes),
    'API calls': Math.round(usage.apiRequests),
    'Step Functions calls': Math.round(usage.stepFunctionsCalls),
    'MiniMax calls': Math.round(usage.minimaxCalls),
    'log kB': Math.round(usage.logBytes / 1000),
    'table writes': usage.tableWriteUnits.toFixed(1),
    'table reads': usage.tableReadUnits.toFixed(1),
    dollars: toDollars(usage).toFixed(6),
    'without Lambda time': toDollars({ ...usage, gigabyteSeconds: 0 }).toFixed(6),
    'of fixed 10 s': ratio(toDollars(usage), toDollars(baseline.usage)),
    'mean lag s': usage.lagSeconds.toFixed(1),
    'worst lag s': worstLagSeconds.toFixed(1),
  };
}

const { values } = flagsOf({
  name: 'npm run bench:cost',
  flags: RECORD_FLAG,
  summary: 'Prints the cost of orchestrating one video, with fixed pauses and with callbacks too.',
});
// Imported after the flags are read: the CDK alone takes seconds.
const { MINIMAX_ANSWER_MS, startSimulation } = await import('./simulation.ts');
await using cleanup = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'template-video-clock-'));
cleanup.defer(() => rm(folder, { recursive: true, force: true }));
const clock = startClock(join(folder, 'clock'));
const polling = cleanup.use(await startSimulation(clock, { callbacks: false }));
const withCallbacks = cleanup.use(await startSimulation(clock, { callbacks: true }));
for (const { callbacks, ...pace } of Object.values(MODES))
  await (callbacks ? withCallbacks : polling).run(60, pace);

const rows: Record<string, string | number>[] = [];
for (const minutes of MINUTES) {
  const all = new Map<string, Runs>();
  for (const [name, { callbacks, ...pace }] of Object.entries(MODES))
    all.set(name, await runAll(callbacks ? withCallbacks : polling, minutes, pace));
  const baseline = all.get('fixed 10 s');
  if (baseline !== undefined) for (const [name, runs] of all) rows.push(toRow(minutes, name, runs, baseline));
}
const report = createReport('bench:cost', values.record);
report.add({
  title: `One video with one POST and one GET, mean of ${RUNS} runs whose lengths are spread around the minutes. Lag: from MiniMax's
success to the file in the bucket, without the time of MiniMax's callbacks and answers. With callbacks MiniMax calls ten seconds
after the create and at its success; 3 of them: also after 5 and 15 seconds; silent: it sends its challenge and no callback.
Lambda: warm times of this machine, and ${MINIMAX_ANSWER_MS} ms for each answer of MiniMax. List prices of us-east-1, without
MiniMax's price and without storage.`,
  rows,
});
await report.end();
