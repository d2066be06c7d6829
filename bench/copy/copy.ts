import { toWholeNumber } from '../../cli/command-line/whole-number.ts';
import { flagsOf } from '../../cli/script-flags.ts';
import { ratio } from '../measure.ts';
import { createReport, RECORD_FLAG } from '../report.ts';
import { CONTENDERS, COPY_VIDEO, isInstalled } from './contenders.ts';
import type { CopyBench } from './copy-bench.ts';
import type { Taken } from './measured-process.ts';

/**
 * `npm run bench:copy`: copies files with `Copy video` and with other programs, from one local origin into one local S3
 * endpoint. Takes sizes in megabytes: `npm run bench:copy -- 5 100`. Needs Linux, whose /proc shows resident memory.
 */
const MEGABYTE = 1_000_000;
const THROTTLE = 20 * MEGABYTE;
const SIZES = [5, 100, 1000];
const MEMORY_SIZES = [10, 2000];
/** The largest value of the setting maxVideoMegabytes. */
const MAX_MEGABYTES = 2048;

async function compare(bench: CopyBench, megabytes: number, bytesASecond: number): Promise<void> {
  const times = bytesASecond > 0 && megabytes >= 1000 ? 1 : 3;
  const contenders = CONTENDERS.filter(isInstalled).map((contender) => ({ contender, all: [] as Taken[] }));
  for (let count = 0; count < times; count += 1)
    for (const { contender, all } of contenders)
      all.push(await bench.copy(contender, megabytes * MEGABYTE, bytesASecond));
  const results = contenders.map(({ contender, all }) => ({
    name: contender.name,
    taken: runOfMedianTime(all),
  }));
  const [first] = results;
  if (first === undefined) return;
  const of = (value: (taken: Taken) => number, taken: Taken): string =>
    ratio(value(taken), value(first.taken));
  report.add({
    title: `${megabytes} MB, the origin ${bytesASecond === 0 ? 'unthrottled' : `at ${bytesASecond / MEGABYTE} MB/s a connection`} (${times === 1 ? 'once' : `the run of median time of ${times}`}; in brackets: ratio to the first)`,
    rows: results.map(({ name, taken }) => ({
      what: name,
      'MB/s': `${(megabytes / taken.seconds).toFixed(1)} (${of(({ seconds }) => 1 / seconds, taken)})`,
      'peak MB resident': `${taken.peakMegabytes.toFixed(0)} (${of(({ peakMegabytes }) => peakMegabytes, taken)})`,
      'CPU s': `${taken.cpuSeconds.toFixed(2)} (${of(({ cpuSeconds }) => cpuSeconds, taken)})`,
    })),
  });
}

function runOfMedianTime(all: readonly Taken[]): Taken {
  const sorted = all.toSorted((one, other) => one.seconds - other.seconds);
  const median = sorted[Math.floor(all.length / 2)];
  if (median === undefined) throw new Error('Nothing was measured.');
  return median;
}

async function compareMemory(bench: CopyBench): Promise<void> {
  const idle = (await bench.idle()).peakMegabytes;
  const rows = [{ file: 'none: only loaded', 'peak MB resident': idle.toFixed(0), 'over idle': '0' }];
  for (const megabytes of MEMORY_SIZES) {
    const { peakMegabytes } = await bench.copy(COPY_VIDEO, megabytes * MEGABYTE, 0);
    rows.push({
      file: `${megabytes} MB`,
      'peak MB resident': peakMegabytes.toFixed(0),
      'over idle': (peakMegabytes - idle).toFixed(0),
    });
  }
  report.add({ title: `The memory of Copy video, for ${MEMORY_SIZES.join(' and ')} MB`, rows });
}

const command = {
  name: 'npm run bench:copy',
  flags: RECORD_FLAG,
  words: { name: 'MEGABYTES', help: `sizes of the files (${SIZES.join(' ')})`, from: 0, to: 100 },
  summary: 'Copies files with Copy video and with other programs, and measures time and memory. Needs Linux.',
} as const;
const { sizes, isRecorded } = flagsOf(command, ({ words, values }) => ({
  sizes:
    words.length === 0
      ? SIZES
      : words.map((word) => toWholeNumber('A size', word, { from: 1, to: MAX_MEGABYTES })),
  isRecorded: values.record,
}));
const report = createReport('bench:copy', isRecorded);
if (process.platform !== 'linux') {
  console.error('bench:copy needs Linux: it reads the memory of the processes from /proc.');
  process.exit(1);
}
for (const contender of CONTENDERS.filter((one) => !isInstalled(one)))
  console.log(`${contender.name} is left out: ${contender.programs?.join(' or ')} is not installed.`);
// Imported after the flags are read: the CDK and the SDK clients alone take seconds.
const { createCopyBench } = await import('./copy-bench.ts');
await using bench = await createCopyBench();
for (const end of ['SIGINT', 'SIGTERM'] as const)
  process.once(end, () => void bench[Symbol.asyncDispose]().then(() => process.exit(1)));
for (const bytesASecond of [0, THROTTLE])
  for (const megabytes of sizes) await compare(bench, megabytes, bytesASecond);
await compareMemory(bench);
await report.end();
