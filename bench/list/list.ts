import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toWholeNumber } from '../../cli/command-line/whole-number.ts';
import { flagsOf } from '../../cli/script-flags.ts';
import type { ListFilter } from '../../lambdas/core/table/list-filter.ts';
import type { Table } from '../../lambdas/io/table/table.ts';
import type { RunningTable } from '../../test/harness/table.ts';
import { medianOf, millisecondsOf, ratio, seconds } from '../measure.ts';
import { createReport, RECORD_FLAG } from '../report.ts';

/** `npm run bench:list`: what a page of `GET /videos` reads in a table of many videos, for each filter, and what `GET /usage` reads. */
const VIDEOS = 100_000;
const FEW = 1_000;
const LIMITS = [20, 100] as const;
const TIMES = 9;
const HOST = 'https://api.minimax.io';

const { count, isRecorded } = flagsOf(
  {
    name: 'npm run bench:list',
    flags: RECORD_FLAG,
    words: { name: 'VIDEOS', help: `how many (${VIDEOS})`, from: 0, to: 1 },
    summary:
      'Fills the local table with videos, and measures what a page of the list reads, for each filter.',
  },
  ({ words: [first = String(VIDEOS)], values }) => ({
    count: toWholeNumber('The number', first, { from: FEW, to: 1_000_000 }),
    isRecorded: values.record,
  }),
);
// Imported after the flags are read: the CDK and the SDK clients alone take seconds.
const { startTable } = await import('../../test/harness/table.ts');
const { createVideoPages } = await import('../../lambdas/io/table/video-pages.ts');
const { createUsageCounter } = await import('../../lambdas/core/table/usage.ts');
const { fillTable, positionsIn } = await import('./fill.ts');
const { withoutTimeLimit } = await import('../../test/harness/patient-table.ts');
const { followReads } = await import('./query-log.ts');
const { filters, jobRecords, OWNER, RULES } = await import('./videos.ts');

await using cleanup = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'template-video-list-'));
cleanup.defer(() => rm(folder, { recursive: true, force: true }));
const few = await filled('few', FEW);
const baseline = await pageMilliseconds(withoutTimeLimit(few), { owner: OWNER }, LIMITS[0]);
const many = await filled('many', count);
const readsOf = followReads(many);
const manyTable = withoutTimeLimit(many);

const pages: Record<string, string | number>[] = [];
for (const [name, filter] of Object.entries(filters(count)))
  for (const limit of LIMITS) pages.push(...(await measurePages(name, filter, limit)));
const report = createReport('bench:list', isRecorded);
report.add({
  title: `Pages of the list. The time is the median of ${TIMES}, as a ratio to the first page of ${LIMITS[0]} among ${FEW} videos.`,
  rows: pages,
});
report.add({ title: 'GET /usage over all videos of the owner', rows: [await measureUsage()] });
await report.end();

async function filled(name: string, videos: number): Promise<RunningTable> {
  const running = cleanup.use(await startTable({ folder: join(folder, name) }));
  const { client, table } = running;
  let items = 0;
  const milliseconds = await millisecondsOf(async () => {
    items = await fillTable({ client, tableName: table.name }, jobRecords(videos), RULES);
  });
  console.log(`${videos} videos are ${items} items, written in ${seconds(milliseconds)}.`);
  return running;
}

function pageMilliseconds(table: Table, filter: ListFilter, limit: number, after?: string): Promise<number> {
  const list = createVideoPages(table);
  return medianOf(TIMES, () => millisecondsOf(() => list.page(filter, limit, after)));
}

/** The first page, and one in the middle where the list has more than one. */
async function measurePages(name: string, filter: ListFilter, limit: number) {
  const positions = positionsIn(jobRecords(count), RULES, filter);
  const middle = positions[Math.floor(positions.length / 2)];
  const places = { first: undefined, middle };
  const rows: Record<string, string | number>[] = [];
  for (const [page, after] of Object.entries(places)) {
    if (page === 'middle' && positions.length <= limit) continue;
    const reads = await readsOf(() => createVideoPages(manyTable).page(filter, limit, after));
    const milliseconds = await pageMilliseconds(manyTable, filter, limit, after);
    rows.push({
      filter: name,
      'videos in the list': positions.length,
      limit,
      page,
      calls: reads.calls,
      'items read': reads.items,
      'read units': reads.units,
      time: ratio(milliseconds, baseline),
    });
  }
  return rows;
}

async function measureUsage(): Promise<Record<string, string | number>> {
  const usage = createUsageCounter({ from: '2026-10-01', to: '2026-10-31' }, HOST);
  let milliseconds = 0;
  const reads = await readsOf(async () => {
    milliseconds = await millisecondsOf(async () => {
      for await (const entries of createVideoPages(manyTable).all({ owner: OWNER }))
        for (const entry of entries) usage.add(entry);
    });
  });
  return {
    videos: usage.result().videos,
    calls: reads.calls,
    'items read': reads.items,
    'read units': reads.units,
    time: seconds(milliseconds),
  };
}
