import { expect, test } from 'vitest';
import { fillTable } from '../../../bench/list/fill.ts';
import { followReads } from '../../../bench/list/query-log.ts';
import { filters, jobRecords, OWNER, RULES } from '../../../bench/list/videos.ts';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { createVideoPages } from '../../../lambdas/io/table/video-pages.ts';
import { sharedTable } from '../../harness/shared-table.ts';
import { startTable } from '../../harness/table.ts';
import { testVideoPages } from './video-page-scenarios.ts';

const VIDEOS = 2_000;

testVideoPages(sharedTable(startTable));

test('a page of any filter is one call, and reads at most one item more than it may show', async () => {
  await using running = await startTable();
  const { client, table } = running;
  await fillTable({ client, tableName: table.name }, jobRecords(VIDEOS), RULES);
  const readsOf = followReads(running);
  const pages = createVideoPages(table);
  for (const filter of Object.values(filters(VIDEOS)))
    for (const limit of [1, 20, 100]) {
      let next: string | undefined;
      const first = await readsOf(async () => {
        ({ next } = await pages.page(filter, limit));
      });
      const second = await readsOf(() => pages.page(filter, limit, next));
      for (const { calls, items } of [first, second]) {
        expect(calls).toBe(1);
        expect(items).toBeLessThanOrEqual(limit + 1);
      }
    }
});

test('the first page of twenty videos without metadata consumes at most 2 read units', async () => {
  await using running = await startTable();
  const { client, table } = running;
  const plain = jobRecords(VIDEOS).map(
    (record): JobRecord => ({ ...record, request: { template_id: '393769180141805569' } }),
  );
  await fillTable({ client, tableName: table.name }, plain, RULES);
  let shown = 0;
  const { units } = await followReads(running)(async () => {
    const { entries } = await createVideoPages(table).page({ owner: OWNER }, 20);
    shown = entries.length;
  });
  expect(shown).toBe(20);
  expect(units).toBeLessThanOrEqual(2);
});
