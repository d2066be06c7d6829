import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { toVideoItems } from '../../../lambdas/core/table/entry.ts';
import { taskItemKey, videoItemKey } from '../../../lambdas/core/table/layout.ts';
import type { Table } from '../../../lambdas/io/table/table.ts';
import { after } from '../../harness/running-job.ts';
import { type ServedVideosTable, serveVideosTable } from '../table/videos-table.ts';
import { claimOf, itemsOf, type Phase, RULES, VideoWorld } from './video-world.ts';

let served: ServedVideosTable;
let world: VideoWorld;
beforeAll(async () => {
  served = await serveVideosTable();
});
beforeEach(() => {
  world = new VideoWorld({ table: served.table });
});
afterEach(() => served.empty());
afterAll(() => served.stop());

const TO_END: readonly Phase[] = ['accepted', 'claimed', 'task', 'succeeded'];

async function live(videoId: string, phases: readonly Phase[], isIndexed = true): Promise<void> {
  for (const phase of phases) await world.live(videoId, phase, isIndexed);
}

async function put(Item: object): Promise<void> {
  await served.client.send(new PutCommand({ TableName: served.table.name, Item }));
}

const stored = (): Promise<readonly object[]> => served.items();
const expected = (...ids: readonly string[]): readonly object[] =>
  ids.flatMap((id) => world.expectedItems(id));

test('fills an empty table from the bucket and from what runs', async () => {
  await live('v1', TO_END, false);
  await live('v2', ['accepted', 'claimed', 'task'], false);
  await live('v3', ['accepted'], false);
  const missing = { count: 3, named: ['v1', 'v2', 'v3'] };
  expect(await world.reindex()).toEqual({ missing });
  expect(await stored()).toEqual(expected('v1', 'v2', 'v3'));
});

test('finds a table right that the service has written, and changes nothing', async () => {
  await live('v1', TO_END);
  await live('v2', ['accepted']);
  await put({ ...taskItemKey('42'), owner: 'iam AROA1' });
  const before = await stored();
  expect(await world.reindex()).toEqual({ right: { count: 2, named: expect.arrayContaining(['v1', 'v2']) } });
  expect(await stored()).toEqual(before);
});

test('brings an item up to date whose later writes have failed', async () => {
  await live('v1', ['accepted', 'claimed']);
  await live('v1', ['task', 'succeeded'], false);
  expect(await world.reindex()).toEqual({ behind: { count: 1, named: ['v1'] } });
  expect(await stored()).toEqual(expected('v1'));
});

test('shows a redriven video as running where its document has only the end before', async () => {
  await live('v1', ['accepted', 'claimed', 'task', 'failed']);
  await live('v1', ['redriven'], false);
  expect(await world.reindex()).toEqual({ behind: { count: 1, named: ['v1'] } });
  expect(await stored()).toEqual(expected('v1'));
  expect(await stored()).toContainEqual(
    expect.objectContaining({ video: expect.objectContaining({ status: 'running' }) }),
  );
});

test('asks Step Functions before it takes a later item for wrong: its list of what runs may be old', async () => {
  await live('v1', ['accepted', 'claimed', 'task', 'failed']);
  await live('v1', ['redriven'], false);
  await world.reindex();
  const { executions } = world;
  const old = { running: async () => [], find: async (name: string) => executions.get(name) };
  expect(await world.reindex({ executions: old })).toEqual({ right: { count: 1, named: ['v1'] } });
  expect(await stored()).toEqual(expected('v1'));
});

test.each([
  ['a version above its document', '9'],
  ['the version of its document', undefined],
  ['a version that is no text', 7],
])('replaces an item that says something else under %s', async (_what, given) => {
  await live('v1', TO_END);
  const [main] = (await stored()).filter((item) => 'sk' in item && item.sk === 'video');
  const junk = given === undefined ? {} : { version: given };
  await put({ ...main, video: { video_id: 'v1', status: 'failed' }, stray: 1, ...junk });
  expect(await world.reindex()).toEqual({ wrong: { count: 1, named: ['v1'] } });
  expect(await stored()).toEqual(expected('v1'));
});

test('replaces items that have no version', async () => {
  await live('v1', TO_END, false);
  await put({ ...videoItemKey('v1'), position: 'nowhere' });
  expect(await world.reindex()).toEqual({ wrong: { count: 1, named: ['v1'] } });
  expect(await stored()).toEqual(expected('v1'));
});

test('keeps the position of a video that another execution has taken over', async () => {
  await live('v1', ['accepted', 'claimed', 'task']);
  const taken = { ...world.recordOf('v1'), ...claimOf('v1'), created_at: after(3600).toISOString() };
  world.documents.set('v1', taken);
  world.forget('v1');
  expect(await world.reindex()).toEqual({ behind: { count: 1, named: ['v1'] } });
  for (const item of await stored()) expect(item).toMatchObject({ position: `${after(0).toISOString()}#v1` });
  expect(await world.reindex()).toEqual({ right: { count: 1, named: ['v1'] } });
});

test('adds entries of metadata keys, and removes those of keys that are no longer listed', async () => {
  await live('v1', TO_END);
  await put({ ...videoItemKey('v1', 'metadata#retired'), version: '9' });
  const rules = { ...RULES, listedMetadata: ['other'] };
  expect(await world.reindex({ rules })).toEqual({ metadata: { count: 1, named: ['v1'] } });
  const record = world.recordOf('v1');
  expect(await stored()).toEqual(record && itemsOf(toVideoItems(record, rules)));
});

test('lists the videos of every owner together once visibility is everyone', async () => {
  await live('v1', TO_END);
  const rules = { ...RULES, visibility: 'everyone' } as const;
  expect(await world.reindex({ rules })).toEqual({ wrong: { count: 1, named: ['v1'] } });
  const record = world.recordOf('v1');
  expect(await stored()).toEqual(record && itemsOf(toVideoItems(record, rules)));
});

test('removes a video that neither the bucket nor Step Functions knows', async () => {
  await live('v1', TO_END);
  world.documents.delete('v1');
  world.forget('v1');
  await put({ ...videoItemKey('v2'), stray: 1 });
  expect(await world.reindex()).toEqual({
    removed: { count: 2, named: expect.arrayContaining(['v1', 'v2']) },
  });
  expect(await stored()).toEqual([]);
});

test('leaves an item alone for an hour after its start, because its execution may not be visible yet', async () => {
  await live('v1', ['accepted']);
  world.forget('v1');
  const before = await stored();
  const at = (seconds: number) => ({ now: () => after(seconds) });
  expect(await world.reindex(at(3599))).toEqual({ left: { count: 1, named: ['v1'] } });
  expect(await stored()).toEqual(before);
  expect(await world.reindex(at(3600))).toEqual({ removed: { count: 1, named: ['v1'] } });
});

test('leaves an item alone whose execution has ended and has no document yet', async () => {
  await live('v1', ['accepted']);
  const execution = world.executions.get('v1');
  if (execution !== undefined) world.executions.set('v1', { ...execution, status: 'FAILED' });
  expect(await world.reindex()).toEqual({ left: { count: 1, named: ['v1'] } });
});

test('leaves the items of a video alone whose document cannot be read', async () => {
  await live('v1', TO_END);
  world.documents.set('v1', 'unreadable');
  world.documents.set('v2', 'unreadable');
  const before = await stored();
  expect(await world.reindex()).toEqual({ unreadable: { count: 2, named: ['v1', 'v2'] } });
  expect(await stored()).toEqual(before);
});

test('takes the document of another video for unreadable', async () => {
  world.documents.set('v1', claimOf('v2'));
  expect(await world.reindex()).toEqual({ unreadable: { count: 1, named: ['v1'] } });
  expect(await stored()).toEqual([]);
});

test('counts a video that could not be read, says why, and continues', async () => {
  for (const id of ['v1', 'v2', 'v3']) await live(id, TO_END, false);
  const read = async (videoId: string) => {
    if (videoId === 'v2') throw new Error('The bucket did not answer.');
    return { kind: 'record', record: world.recordOf(videoId) ?? claimOf(videoId), version: '1' } as const;
  };
  expect(await world.reindex({ records: { read } })).toEqual({
    missing: { count: 2, named: expect.arrayContaining(['v1', 'v3']) },
    failed: { count: 1, named: ['v2'] },
  });
  expect(world.warnings).toEqual(['The video v2 could not be reindexed: The bucket did not answer.']);
});

test('gives up where one video after the other fails', async () => {
  for (let id = 100; id < 200; id += 1) world.documents.set(`v${id}`, claimOf(`v${id}`));
  let reads = 0;
  const read = async (): Promise<never> => {
    reads += 1;
    throw new Error('Access denied.');
  };
  await expect(world.reindex({ records: { read } })).rejects.toThrow('Access denied.');
  expect(reads).toBeLessThan(70);
});

test('names twenty videos of each finding at most', async () => {
  for (let id = 100; id < 125; id += 1) world.documents.set(`v${id}`, claimOf(`v${id}`));
  const { missing } = await world.reindex();
  expect(missing).toMatchObject({ count: 25 });
  expect(missing?.named).toHaveLength(20);
});

test('an interruption ends it after the videos that are being examined, and the next run does the rest', async () => {
  for (let id = 100; id < 150; id += 1) world.documents.set(`v${id}`, claimOf(`v${id}`));
  const stop = new AbortController();
  const read = async (videoId: string) => {
    if (videoId === 'v120') stop.abort();
    return { kind: 'record', record: claimOf(videoId), version: '1' } as const;
  };
  const { missing } = await world.reindex({ records: { read } }, stop.signal);
  expect(missing?.count).toBeGreaterThanOrEqual(21);
  expect(missing?.count).toBeLessThan(50);
  expect((await stored()).length).toBe((missing?.count ?? 0) * 2);
  const second = await world.reindex();
  expect(second).toMatchObject({
    right: { count: missing?.count },
    missing: { count: 50 - (missing?.count ?? 0) },
  });
});

test('examines ten videos at once', async () => {
  for (let id = 100; id < 150; id += 1) world.documents.set(`v${id}`, claimOf(`v${id}`));
  let current = 0;
  let most = 0;
  const read = async (videoId: string) => {
    current += 1;
    most = Math.max(most, current);
    await new Promise((done) => setImmediate(done));
    current -= 1;
    return { kind: 'record', record: claimOf(videoId), version: '1' } as const;
  };
  // One page of the bucket, because the pages of the world have two videos.
  const bucket = {
    async *listJobs() {
      yield [...world.documents.keys()].map((videoId) => ({ videoId, modifiedAt: after(0) }));
    },
  };
  await world.reindex({ records: { read }, bucket });
  expect(most).toBe(10);
});

test('loses no write that the table has rejected because of a wrong item', async () => {
  await live('v1', ['accepted', 'claimed'], false);
  await put({ ...videoItemKey('v1'), version: '9' });
  let isDone = false;
  const table: Table = {
    ...served.table,
    async callIf(work) {
      // Between the read of the truth and the write: the item of version 9 hides this one.
      if (!isDone) {
        isDone = true;
        await world.live('v1', 'task');
      }
      return served.table.callIf(work);
    },
  };
  await world.reindex({ table });
  expect(await stored()).toEqual(expected('v1'));
});

test('goes through a table of several pages, in which the items of one video may be apart', async () => {
  const ids = Array.from({ length: 9 }, (_, id) => `v${id}`);
  for (const id of ids) {
    await live(id, TO_END);
    // A page has a megabyte, so that each third of these items ends one, before the other items of its video.
    await put({ ...videoItemKey(id, 'metadata#retired'), version: '0', filler: 'x'.repeat(390_000) });
  }
  expect(await world.reindex()).toEqual({ metadata: { count: 9, named: expect.arrayContaining(ids) } });
  expect(await stored()).toEqual(expected(...ids));
});
