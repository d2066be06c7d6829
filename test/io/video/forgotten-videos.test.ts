import { expect, test } from 'vitest';
import type { ListedVideo } from '../../../lambdas/core/api/response.ts';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { createForgottenVideos } from '../../../lambdas/io/video/forgotten-videos.ts';

const BEFORE = '2026-11-26T09:00:00.000Z';
const SINCE = new Date('2026-11-26T10:00:00Z');
const LATER = '2026-11-26T10:00:01.000Z';

/** A bucket of job documents, and the executions that Step Functions knows of them; both may change between two pages. */
function world(ids: readonly string[]) {
  const records = new Map(ids.map((id) => [id, recordOf(id)]));
  const known = new Map<string, ListedVideo['status']>();
  const videos = createForgottenVideos({
    bucket: {
      async *listJobs(_signal, after = '') {
        const later = [...records.keys()].sort().filter((id) => id > after);
        yield later.map((videoId) => ({ videoId, modifiedAt: new Date(BEFORE) }));
      },
    },
    records: {
      async read(videoId) {
        const record = records.get(videoId);
        return record === undefined ? { kind: 'absent' } : { kind: 'record', record, version: 'e' };
      },
    },
    executions: {
      stateOf: async ({ execution_arn }) => (known.has(execution_arn) ? 'known' : 'gone'),
      async listed(name) {
        const status = known.get(name);
        const startDate = new Date(records.get(name)?.created_at ?? BEFORE);
        return status && { name, status, startDate };
      },
    },
  });

  return {
    records,
    add: (id: string, created_at = BEFORE) => records.set(id, recordOf(id, created_at)),
    /** As the hourly sweep does: an execution of that name takes the document over. */
    takeUp(id: string, status: ListedVideo['status'] = 'running') {
      records.set(id, recordOf(id, LATER));
      known.set(id, status);
    },
    /** Every page of the list. @param between happens after each page */
    async pages(limit: number, between: (page: number) => void = () => undefined, status?: 'running') {
      const pages: ListedVideo[][] = [];
      let after: string | undefined;
      do {
        const page = await videos.list({ limit, status, after, since: SINCE });
        pages.push(page.videos);
        after = page.lastId;
        between(pages.length);
      } while (after !== undefined);
      return pages.map((page) => page.map(({ video_id }) => video_id));
    },
  };
}

function recordOf(id: string, created_at = BEFORE): JobRecord {
  return { video_id: id, created_at, execution_arn: id, request: {} } as JobRecord;
}

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

test('lists each once, a page at a time', async () => {
  expect((await world(IDS).pages(3)).flat()).toEqual(IDS);
});

test('skips and repeats nothing where documents come and go between two pages', async () => {
  const { pages, records, add } = world(IDS);
  const seen = await pages(2, (page) => {
    if (page !== 1) return;
    records.delete('a');
    records.delete('b');
    records.delete('e');
    add('aa');
    add('dd');
  });
  expect(seen.flat()).toEqual(['a', 'b', 'c', 'd', 'dd', 'f', 'g']);
});

test('lists a video that the hourly sweep takes up between two pages', async () => {
  const { pages, takeUp } = world(IDS);
  const seen = await pages(2, (page) => {
    if (page !== 1) return;
    takeUp('a');
    takeUp('e');
  });
  expect(seen.flat()).toEqual(IDS);
});

test('lists what was taken up by what it is now', async () => {
  const { pages, takeUp } = world(IDS);
  takeUp('c', 'failed');
  takeUp('d', 'running');
  expect((await pages(10, undefined, 'running')).flat()).toEqual(['a', 'b', 'd', 'e', 'f', 'g']);
});

test('continues after a page without a video to list', async () => {
  const ids = Array.from({ length: 120 }, (_, index) => `v${String(index).padStart(3, '0')}`);
  const { pages, takeUp } = world(ids);
  for (const id of ids.slice(0, 110)) takeUp(id, 'failed');
  const seen = await pages(20, undefined, 'running');
  expect(seen.slice(0, 2)).toEqual([[], []]);
  expect(seen.flat()).toEqual(ids.slice(110));
});

test('leaves out what Step Functions had listed', async () => {
  const { pages, takeUp, add } = world(IDS);
  takeUp('c');
  add('c', BEFORE);
  expect((await pages(3)).flat()).toEqual(['a', 'b', 'd', 'e', 'f', 'g']);
});
