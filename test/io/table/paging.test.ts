import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import type { ListFilter } from '../../../lambdas/core/table/list-filter.ts';
import { createTable } from '../../../lambdas/io/table/table.ts';
import { createVideoIndex, type VideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { createVideoPages, type VideoPages } from '../../../lambdas/io/table/video-pages.ts';
import { failedRecord, succeededRecord } from '../../core/table/records.ts';
import { after, executionKey, request, submittedJob } from '../../harness/running-job.ts';
import { type RunningTable, startTable } from '../../harness/table.ts';

const VIDEOS = 1_000;
const READERS = 20;
const MAX_LIMIT = 100;
/** At once. */
const WRITES = 20;
const CHANGES_A_PAGE = 4;
const CALL_MS = 60_000;
/** Every fifth has succeeded before, and stays so. */
const SETTLED = 5;

const owner = 'key abc';
const other = '394514820878671878';
let running: RunningTable;
let index: VideoIndex;
let pages: VideoPages;
beforeAll(async () => {
  running = await startTable();
  // On a busy machine twenty readers may need longer than a function waits.
  const table = createTable(running.table.name, running.client, CALL_MS);
  index = createVideoIndex(table, { visibility: 'owner', listedMetadata: ['shop'] });
  pages = createVideoPages(table);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

/** Half of them have the template of the filter, and a third its value. */
function toClaim(number: number): JobRecord {
  const template_id = number % 2 === 0 ? request.template_id : other;
  const metadata = { shop: number % 3 === 0 ? 'a' : 'b' };
  const attempt = { id: 'a', redrive_count: 0, retry_count: 0 };
  return {
    ...executionKey,
    video_id: `video-${number}`,
    // Two start in each millisecond.
    created_at: new Date(after(0).getTime() + Math.floor(number / 2)).toISOString(),
    owner,
    request: { ...request, template_id, metadata },
    attempt,
  };
}

/** A video after so many changes: it begins, has a task, fails, is redriven, fails again … */
function toRecord(number: number, changes: number): JobRecord {
  const claim = toClaim(number);
  if (number % SETTLED === 0) return succeededRecord(claim);
  const { task } = submittedJob;
  const redrives = Math.floor(changes / 2);
  if (changes % 2 === 1) return { ...failedRecord(claim), task, redrives };
  return { ...claim, task, attempt: { id: 'a', redrive_count: redrives, retry_count: 0 } };
}

const FILTERS: readonly (readonly [filter: Partial<ListFilter>, has: (number: number) => boolean])[] = [
  [{}, () => true],
  [{ template: request.template_id }, (number) => number % 2 === 0],
  [{ metadata: { key: 'shop', value: 'a' } }, (number) => number % 3 === 0],
  [{ status: 'succeeded' }, (number) => number % SETTLED === 0],
  [{ status: 'succeeded', template: request.template_id }, (number) => number % (2 * SETTLED) === 0],
];

/** Reads all pages of a list. @param meanwhile happens while each page is read. @returns its ids */
async function readAll(
  filter: Partial<ListFilter>,
  meanwhile: () => Promise<unknown>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let from: string | undefined;
  do {
    const limit = 1 + Math.floor(Math.random() * MAX_LIMIT);
    const [{ entries, next }] = await Promise.all([
      pages.page({ owner, ...filter }, limit, from),
      meanwhile(),
    ]);
    expect(entries.length).toBeLessThanOrEqual(limit);
    ids.push(...entries.map(({ video_id }) => video_id));
    from = next;
  } while (from !== undefined);
  return ids;
}

const numberOf = (id: string): number => Number(id.slice('video-'.length));

async function inTurns(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += WRITES)
    await Promise.all(Array.from({ length: Math.min(WRITES, count - from) }, (_, each) => work(from + each)));
}

test('twenty readers each see a thousand changing videos once, in order, while others are added', async () => {
  await inTurns(VIDEOS, (number) => index.put(toRecord(number, 0)));
  let changes = 0;
  let added = 0;

  async function changeSome(): Promise<void> {
    for (let each = 0; each < CHANGES_A_PAGE; each += 1) {
      changes += 1;
      const number = (changes * 7) % VIDEOS;
      await index.put(toRecord(number, 1 + Math.floor(changes / VIDEOS)));
    }
    added += 1;
    await index.put(toRecord(VIDEOS + added, 0));
  }

  async function read(reader: number): Promise<number> {
    const [filter, has] = FILTERS[reader % FILTERS.length] ?? [{}, () => true];
    const numbers = (await readAll(filter, changeSome)).map(numberOf);
    const throughout = numbers.filter((number) => number < VIDEOS);
    expect(throughout.toSorted((one, another) => one - another)).toEqual(
      Array.from({ length: VIDEOS }, (_, number) => number).filter(has),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    const times = numbers.map((number) => Math.floor(number / 2));
    expect(times).toEqual(times.toSorted((one, another) => another - one));
    return numbers.length;
  }

  const counts = await Promise.all(Array.from({ length: READERS }, (_, reader) => read(reader)));
  expect(counts.every((count) => count > 0)).toBe(true);
});
