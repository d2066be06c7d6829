import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ListedVideo,
  type Video,
  type VideoList,
  videoListSchema,
} from '../../lambdas/core/api/response.ts';
import {
  placeFor,
  type RunningService,
  type SimulatedStack,
  serve,
  synthesizeForSimulator,
} from '../harness/running-service.ts';

const LONG_MS = 600_000;

let stack: SimulatedStack;
beforeAll(async () => {
  stack = await synthesizeForSimulator({}, { LISTED_METADATA: 'order,shop' });
});
afterAll(() => stack.stop());

/** Starts services one after the other over the objects and the table of one folder. */
async function place(): Promise<() => Promise<RunningService>> {
  const { start } = await placeFor(stack);
  return () => start(LONG_MS);
}

/** Adopts this many tasks that never finish. @returns the ids of their videos, newest first */
async function begin(running: RunningService, count: number, metadata?: object): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const task_id = stack.simulator.makeTask({ queries: ['Processing'] });
    const answer = await running.post({ task_id, metadata });
    ids.unshift(((await answer.json()) as Video).video_id);
  }
  return ids;
}

async function list(running: RunningService, query: string): Promise<VideoList> {
  const answer = await fetch(`${running.service.url}/videos?${query}`);
  expect(answer.status).toBe(200);
  return videoListSchema.parse(await answer.json());
}

/** The ids on every page. @param between runs after each page */
async function pagesOf(
  running: RunningService,
  query: string,
  between: (ids: readonly string[], page: number) => Promise<unknown> = async () => undefined,
): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  let cursor = '';
  do {
    const { videos, next_cursor } = await list(running, `${query}${cursor}`);
    const ids = videos.map(({ video_id }) => video_id);
    pages.push(ids);
    await between(ids, pages.length);
    cursor = next_cursor === undefined ? '' : `&cursor=${next_cursor}`;
  } while (cursor !== '');
  return pages;
}

const idsOf = async (running: RunningService, query: string): Promise<readonly string[]> =>
  (await pagesOf(running, query)).flat();

async function cancel(running: RunningService, videoId: string): Promise<void> {
  const answer = await fetch(`${running.service.url}/videos/${videoId}`, { method: 'DELETE' });
  expect(answer.status).toBe(200);
  await running.endOf(videoId);
}

test('leaves no video running when a caller cancels page by page', async () => {
  const running = await (await place())();
  const ids = await begin(running, 10);
  const pages = await pagesOf(running, 'status=running&limit=3', async (page) => {
    for (const id of page) await cancel(running, id);
  });
  expect(pages.flat()).toEqual(ids);
  expect((await list(running, 'status=running')).videos).toEqual([]);
  expect((await pagesOf(running, 'status=cancelled&limit=4')).flat()).toEqual(ids);
});

test('lists each video once, while others start and end between two pages', async () => {
  const running = await (await place())();
  const ids = await begin(running, 7);
  const begun: string[] = [];
  const pages = await pagesOf(running, 'limit=2', async (_page, count) => {
    if (count > 2) return;
    begun.push(...(await begin(running, 1)));
    await cancel(running, ids[6 - count] ?? '');
  });
  expect(pages.flat().filter((id) => ids.includes(id))).toEqual(ids);
  expect(new Set(pages.flat()).size).toBe(pages.flat().length);
  expect(begun).toHaveLength(2);
});

test('goes on behind a video after a restart, with another limit, and also where the video is gone', async () => {
  const start = await place();
  const first = await start();
  const ids = await begin(first, 5);
  const page = await list(first, 'limit=2');
  await first.stop();
  const second = await start();
  const rest = await list(second, `limit=3&cursor=${page.next_cursor}`);
  expect([...page.videos, ...rest.videos].map(({ video_id }) => video_id)).toEqual(ids);
  const empty = await (await place())();
  expect(await list(empty, `cursor=${page.next_cursor}`)).toEqual({ videos: [] });
});

test('refuses a cursor with other filters, and the cursor of another caller', async () => {
  const running = await (await place())();
  await begin(running, 2);
  const { next_cursor } = await list(running, 'status=running&limit=1');
  for (const [query, key] of [
    ['status=failed', undefined],
    ['', undefined],
    ['status=running&template_id=7', undefined],
    ['status=running', 'another'],
  ] as const) {
    const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
    const answer = await fetch(`${running.service.url}/videos?${query}&cursor=${next_cursor}`, { headers });
    expect(answer.status, query).toBe(400);
    expect(await answer.json(), query).toMatchObject({
      detail: expect.stringContaining('cursor is of another list'),
    });
  }
});

describe('a filter', () => {
  let running: RunningService;
  let ready: string;
  let failed: string;
  let waiting: readonly string[];
  let created: ListedVideo['created_at'];
  beforeAll(async () => {
    running = await serve({ ...stack, folder: join(stack.folder, 'filters') }, { pauseMs: LONG_MS });
    const task = (status: string) => stack.simulator.makeTask({ queries: [status] });
    ready = (await running.run({ task_id: task('Success'), metadata: { order: 1, shop: 'a' } })).name;
    failed = (await running.run({ task_id: task('Fail'), metadata: { order: '1', shop: 'b' } })).name;
    waiting = await begin(running, 2, { order: 2, shop: 'a#b' });
    created = (await list(running, 'status=failed')).videos[0]?.created_at ?? '';
  });
  afterAll(() => running.stop());

  test('by status has the videos of that status alone', async () => {
    expect(await idsOf(running, 'limit=1')).toEqual([...waiting, failed, ready]);
    expect(await idsOf(running, 'status=succeeded')).toEqual([ready]);
    expect(await idsOf(running, 'status=failed')).toEqual([failed]);
    expect(await idsOf(running, 'status=running&limit=1')).toEqual(waiting);
  });

  test('by metadata compares the text of the value, alone and with a status', async () => {
    expect(await idsOf(running, 'metadata.order=1')).toEqual([failed, ready]);
    expect(await idsOf(running, 'metadata.order=1&status=succeeded')).toEqual([ready]);
    expect(await idsOf(running, 'metadata.shop=a%23b&limit=1')).toEqual(waiting);
    expect(await idsOf(running, 'metadata.shop=c')).toEqual([]);
  });

  test('by metadata takes one listed key', async () => {
    for (const query of ['metadata.color=1', 'metadata.order=1&metadata.shop=a']) {
      const answer = await fetch(`${running.service.url}/videos?${query}`);
      expect(answer.status, query).toBe(400);
    }
  });

  test('by time leaves out the time itself', async () => {
    const before = new Date(Date.parse(created) - 1).toISOString();
    expect(await idsOf(running, `created_after=${created}`)).toEqual(waiting);
    expect(await idsOf(running, `created_after=${before}`)).toEqual([...waiting, failed]);
    expect(await idsOf(running, `created_before=${created}`)).toEqual([ready]);
    expect(await idsOf(running, `created_after=${before}&created_before=${before}`)).toEqual([]);
    const elsewhere = created.replace(/T.*/, 'T00:00:00%2B14:00');
    expect(await idsOf(running, `created_after=${elsewhere}&status=failed`)).toEqual([failed]);
  });

  test('by template has no adopted task, whose template is unknown', async () => {
    expect(await idsOf(running, 'template_id=393769180141805569')).toEqual([]);
  });

  test('shows what the answer to a GET shows, without a signed link', async () => {
    const [listed] = (await list(running, 'status=succeeded')).videos;
    const { video, ...shown } = await running.get(ready);
    expect(shown).toMatchObject({
      video_id: listed?.video_id,
      status: listed?.status,
      created_at: listed?.created_at,
      finished_at: listed?.finished_at,
      elapsed_seconds: listed?.elapsed_seconds,
      task_id: listed?.task_id,
      metadata: listed?.metadata,
    });
    expect(listed?.video).toEqual({ s3_uri: video?.s3_uri, bytes: video?.bytes });
    expect(JSON.stringify(listed)).not.toContain('X-Amz');
  });
});
