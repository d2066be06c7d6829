import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { fillNewTable } from '../../cli/fill-new-table.ts';
import { toLocalTarget } from '../../cli/reindex-target.ts';
import type { Video } from '../../lambdas/core/api/response.ts';
import { createReindexCounts, type ReindexReport } from '../../lambdas/io/reindex/counts.ts';
import { reindex } from '../../lambdas/io/reindex/reindex.ts';
import { type LocalService, startLocalService } from '../../local/local-service.ts';
import {
  placeFor,
  REQUEST,
  type SimulatedStack,
  synthesizeForSimulator,
} from '../harness/running-service.ts';

/** Longer than any test waits. */
const LONG_MS = 600_000;
const WITHIN = { timeout: 60_000 };

let stack: SimulatedStack;
beforeAll(async () => {
  stack = await synthesizeForSimulator();
});
afterAll(() => stack.stop());

/** An earlier run, whose table is gone: one video waits, and one has succeeded before. */
async function earlierRun() {
  const place = await placeFor(stack);
  const first = await place.start();
  const { name } = await first.run(REQUEST, { queries: ['Success'] });
  await first.service.whenAnnounced(name);
  await first.stop();
  const second = await place.start(LONG_MS);
  const { video_id } = (await (await second.post(REQUEST)).json()) as Video;
  await vi.waitFor(async () => expect(await second.get(video_id)).toMatchObject({ state: 'Wait' }), WITHIN);
  await second.stop();
  await rm(join(place.folder, 'objects-state', 'tables'), { recursive: true });
  return { place, waiting: video_id, succeeded: name };
}

async function list({ url }: LocalService): Promise<readonly (readonly [id: string, status: string])[]> {
  const { videos } = (await (await fetch(`${url}/videos`)).json()) as { readonly videos: readonly Video[] };
  return videos.map(({ video_id, status }) => [video_id, status]);
}

test('reindex fills the table of this machine, and continues no video', async () => {
  const { place, waiting, succeeded } = await earlierRun();
  const { assembly } = stack;
  const objectFolder = join(place.folder, 'objects');
  const idle = await startLocalService({ assembly, objectFolder, secrets: new Map(), isIdle: true });
  onTestFinished(() => idle.stop());
  const named = expect.arrayContaining([waiting, succeeded]);
  expect(await reindexOnce(idle)).toEqual({ missing: { count: 2, named } });
  expect(await reindexOnce(idle)).toEqual({ right: { count: 2, named } });
  expect(await list(idle)).toEqual([
    [waiting, 'running'],
    [succeeded, 'succeeded'],
  ]);
  expect(idle.resumed).toEqual([]);
  await idle.stop();

  const { service } = await place.start(LONG_MS);
  const lines: string[] = [];
  await using _nothing = fillNewTable(service, (line) => lines.push(line));
  expect(lines).toEqual([]);
});

async function reindexOnce(service: LocalService): Promise<ReindexReport> {
  const counts = createReindexCounts();
  const { signal } = new AbortController();
  const warn = (error: Error): never => {
    throw error;
  };
  await reindex({ ...toLocalTarget(service, signal), counts, warn }, signal);
  return counts.report();
}

test('a start with a new table fills it while the service answers', async () => {
  const { place, waiting, succeeded } = await earlierRun();
  const { service } = await place.start(LONG_MS);
  const lines: string[] = [];
  await using _filling = fillNewTable(service, (line) => lines.push(line));
  await vi.waitFor(() => expect(lines.at(-1)).toContain('added'), WITHIN);
  expect(lines[0]).toContain('The table of videos is new.');
  expect(await list(service)).toEqual([
    [waiting, 'running'],
    [succeeded, 'succeeded'],
  ]);
});
