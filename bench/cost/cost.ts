import { ratio } from '../measure.ts';
import { toDollars, type Usage } from './prices.ts';
import { MINIMAX_ANSWER_MS, type Pace, type Simulation, startSimulation } from './simulation.ts';

/**
 * `npm run bench:cost`: what one video costs to orchestrate, and how long it lies ready unseen, from the histories of
 * simulated runs of the synthesized service with its real bundles; beside the same with fixed pauses.
 */
const MINUTES = [1, 3, 5, 10, 15];
const PACES: Readonly<Record<string, Pace>> = {
  'as it is': (said) => said,
  'fixed 10 s': () => 10,
  'fixed 30 s': () => 30,
  'fixed 180 s': () => 180,
};

/** Runs of each cell. Their lengths are spread evenly over the longest pause, so that none is met by luck. */
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

/** The mean of each count over all runs. */
async function meanOf(simulation: Simulation, minutes: number, pace: Pace): Promise<Usage> {
  const usages: Usage[] = [];
  for (const seconds of lengths(minutes)) usages.push(await simulation.run(seconds, pace));
  const [first] = usages;
  const keys = Object.keys(first ?? {}) as (keyof Usage)[];
  const mean = (key: keyof Usage): number =>
    usages.reduce((sum, usage) => sum + usage[key], 0) / usages.length;
  return Object.fromEntries(keys.map((key) => [key, mean(key)])) as unknown as Usage;
}

function toRow(minutes: number, name: string, usage: Usage, seed: Usage): Record<string, string | number> {
  return {
    minutes,
    pauses: name,
    transitions: Math.round(usage.transitions),
    'Lambda ms': Math.round(usage.lambdaMs),
    'S3 calls': Math.round(usage.s3Reads + usage.s3Writes),
    'API calls': usage.apiRequests,
    'Step Functions calls': Math.round(usage.stepFunctionsCalls),
    'MiniMax calls': Math.round(usage.minimaxCalls),
    'log kB': Math.round(usage.logBytes / 1000),
    dollars: toDollars(usage).toFixed(5),
    'of fixed 10 s': ratio(toDollars(usage), toDollars(seed)),
    'mean dead s': usage.deadSeconds.toFixed(1),
  };
}

await using simulation = await startSimulation();
await simulation.run(60, () => 10);
const rows: Record<string, string | number>[] = [];
for (const minutes of MINUTES) {
  const usages = new Map<string, Usage>();
  for (const [name, pace] of Object.entries(PACES)) usages.set(name, await meanOf(simulation, minutes, pace));
  const seed = usages.get('fixed 10 s');
  if (seed !== undefined) for (const [name, usage] of usages) rows.push(toRow(minutes, name, usage, seed));
}
console.log(`
One video with one POST and one GET, mean of ${RUNS} runs whose lengths are spread around the minutes. Dead: from when MiniMax
was done until the file was in the bucket. Lambda as it took here, warm, and ${MINIMAX_ANSWER_MS} ms for each answer of MiniMax.
List prices of us-east-1, without MiniMax's own and without what is stored.`);
console.table(rows);
