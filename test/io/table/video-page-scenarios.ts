import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import type { VideoEntry } from '../../../lambdas/core/table/entry.ts';
import type { ListFilter } from '../../../lambdas/core/table/list-filter.ts';
import { createVideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { createVideoPages } from '../../../lambdas/io/table/video-pages.ts';
import { failedRecord, succeededRecord } from '../../core/table/records.ts';
import { after, executionKey, submittedJob } from '../../harness/running-job.ts';
import type { EmulatedTable } from '../../harness/table.ts';

const rules = { visibility: 'owner', listedMetadata: ['order', 'shop'] } as const;
const VIDEOS = 36;

/** A video a minute, in turn of each status, template, order and shop, so that each filter has some. */
function recordOf(number: number, owner: string): JobRecord {
  const claim: JobRecord = {
    ...executionKey,
    video_id: `${owner}-${number}`,
    created_at: after(number * 60).toISOString(),
    owner,
    request: {
      template_id: `template-${number % 3}`,
      text_inputs: [{ value: 'Lion' }],
      metadata: { order: number % 5, shop: `shop-${number % 7}` },
    },
    task: { ...submittedJob.task, task_id: `${owner}-${number}` },
  };
  return [claim, failedRecord(claim), succeededRecord(claim)][Math.floor(number / 5) % 3] ?? claim;
}

const FILTERS: readonly Omit<ListFilter, 'owner'>[] = [
  {},
  { template: 'template-1' },
  { metadata: { key: 'shop', value: 'shop-2' } },
  { metadata: { key: 'order', value: '2' } },
  { metadata: { key: 'shop', value: 'shop-2' }, template: 'template-0' },
  { createdAfter: after(300).toISOString() },
  { createdBefore: after(1500).toISOString() },
  { createdAfter: after(300).toISOString(), createdBefore: after(1500).toISOString() },
];
const ALL_FILTERS = FILTERS.flatMap((filter) => [filter, { ...filter, status: 'failed' }]);

/** Says the same as the index, without one. */
function isIn(record: JobRecord, { template, status, metadata, createdAfter, createdBefore }: ListFilter) {
  const request = record.request as { template_id: string; metadata: Record<string, unknown> };
  return (
    (template === undefined || request.template_id === template) &&
    (status === undefined || (record.status ?? 'running') === status) &&
    (metadata === undefined || String(request.metadata[metadata.key]) === metadata.value) &&
    (createdAfter === undefined || record.created_at > createdAfter) &&
    (createdBefore === undefined || record.created_at < createdBefore)
  );
}

/** What the pages of the list promise, in every emulator of its table. */
export function testVideoPages(running: () => EmulatedTable): void {
  const put = (record: JobRecord): Promise<boolean> => createVideoIndex(running().table, rules).put(record);
  const page = (filter: ListFilter, limit: number, position?: string) =>
    createVideoPages(running().table).page(filter, limit, position);

  async function allPages(filter: ListFilter, limit: number): Promise<readonly VideoEntry[]> {
    const { entries, next } = await page(filter, limit);
    const all = [...entries];
    for (let position = next; position !== undefined; ) {
      const more = await page(filter, limit, position);
      all.push(...more.entries);
      position = more.next;
    }
    return all;
  }

  const idsOf = (videos: readonly { readonly video_id: string }[]): readonly string[] =>
    videos.map(({ video_id }) => video_id);

  test('each filter lists exactly its videos, newest first, in pages of any length', async () => {
    const records = Array.from({ length: VIDEOS }, (_, number) => recordOf(number, 'ana'));
    for (const record of records) await put(record);
    for (let number = 0; number < 5; number += 1) await put(recordOf(number, 'ben'));
    for (const narrowing of ALL_FILTERS) {
      const filter = { owner: 'ana', ...narrowing };
      const expected = idsOf(records.filter((record) => isIn(record, filter)).toReversed());
      expect(expected.length).toBeGreaterThan(0);
      for (const limit of [1, 5, 100]) expect(idsOf(await allPages(filter, limit))).toEqual(expected);
    }
  });

  test('pages stay right while videos come and end: none twice, and none is missing', async () => {
    const owner = 'cleo';
    for (let number = 0; number < 6; number += 1)
      await put({ ...recordOf(0, owner), ...placed(number, owner) });
    const first = await page({ owner }, 3);
    await put({ ...recordOf(0, owner), ...placed(9, owner) });
    for (const number of [1, 4])
      await put(succeededRecord({ ...recordOf(0, owner), ...placed(number, owner) }));
    const second = await page({ owner }, 3, first.next);
    expect(idsOf(first.entries)).toEqual(['cleo-5', 'cleo-4', 'cleo-3']);
    expect(idsOf(second.entries)).toEqual(['cleo-2', 'cleo-1', 'cleo-0']);
    expect(second.next).toBeUndefined();
  });
}

function placed(number: number, owner: string): Pick<JobRecord, 'video_id' | 'created_at'> {
  return { video_id: `${owner}-${number}`, created_at: after(number * 60).toISOString() };
}
