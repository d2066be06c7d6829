import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Video, VideoList } from '../../lambdas/core/api/response.ts';
import {
  placeFor,
  type RunningService,
  type SimulatedStack,
  synthesizeForSimulator,
} from '../harness/running-service.ts';

const LONG_MS = 600_000;

let stack: SimulatedStack;
beforeAll(async () => {
  stack = await synthesizeForSimulator();
});
afterAll(() => stack.stop());

/** Starts services one after the other over the objects of one folder. */
async function place(): Promise<() => Promise<RunningService>> {
  const { start } = await placeFor(stack);
  return () => start(LONG_MS);
}

/** Adopts this many tasks that never finish. @returns the ids of their videos, newest first */
async function begin(running: RunningService, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const answer = await running.post({ task_id: stack.simulator.makeTask({ queries: ['Processing'] }) });
    ids.unshift(((await answer.json()) as Video).video_id);
  }
  return ids;
}

async function list(running: RunningService, query: string): Promise<VideoList> {
  const answer = await fetch(`${running.service.url}/videos?${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as VideoList;
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

async function cancel(running: RunningService, videoId: string): Promise<void> {
  const answer = await fetch(`${running.service.url}/videos/${videoId}`, { method: 'DELETE' });
  expect(answer.status).toBe(200);
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

test('goes on behind the same video after a restart, and refuses the cursor of a database that is gone', async () => {
  const start = await place();
  const first = await start();
  const ids = await begin(first, 5);
  const page = await list(first, 'limit=2');
  await first.stop();
  const second = await start();
  const rest = await list(second, `limit=2&cursor=${page.next_cursor}`);
  expect([...page.videos, ...rest.videos].map(({ video_id }) => video_id)).toEqual(ids.slice(0, 4));
  const other = await (await place())();
  const answer = await fetch(`${other.service.url}/videos?limit=2&cursor=${page.next_cursor}`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    type: 'urn:template-video:problem:bad-request',
    detail: expect.stringContaining('cursor is invalid or expired'),
  });
});

test('refuses a cursor with another status, no status or another limit', async () => {
  const running = await (await place())();
  await begin(running, 2);
  const { next_cursor } = await list(running, 'status=running&limit=1');
  for (const query of ['status=failed&limit=1', 'limit=1', 'status=running&limit=2']) {
    const answer = await fetch(`${running.service.url}/videos?${query}&cursor=${next_cursor}`);
    expect(answer.status, query).toBe(400);
    expect(await answer.json(), query).toMatchObject({
      detail: expect.stringContaining('cursor is of a list with limit=1 and status=running'),
    });
  }
});
