import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ListRules, toVideoItems } from '../../../lambdas/core/table/entry.ts';
import { POSITION, toPosition, videoItemKey } from '../../../lambdas/core/table/layout.ts';
import { versionOf } from '../../../lambdas/core/table/version.ts';
import { createVideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { createVideoPages } from '../../../lambdas/io/table/video-pages.ts';
import { type RunningTable, startTable } from '../../harness/table.ts';
import { type Happening, happen } from './happenings.ts';
import { createUnreliableIndex, type WriteFate } from './unreliable-index.ts';
import { VideoHistory } from './video-history.ts';

const template = '393769180141805569';
const request = { template_id: template, metadata: { order: 17, shop: 'a' } };
const NO_INDEX = { put: async () => true };
const happening = fc.record<Happening>({
  choice: fc.nat(1000),
  seconds: fc.integer({ min: 1, max: 300 }),
});

test('a later document has a higher version, or the items of the one before', async () => {
  const rules = { visibility: 'owner', listedMetadata: ['order'] } as const;
  const happenings = fc.array(happening, { minLength: 4, maxLength: 24, size: 'max' });
  const property = fc.asyncProperty(happenings, async (all) => {
    const history = new VideoHistory({ videoId: 'v1', owner: 'key a', request }, NO_INDEX);
    const happened: string[] = [];
    for (const each of all) happened.push(await happen(history, each));
    for (const [at, later] of history.documents.entries()) {
      const earlier = history.documents[at - 1] ?? later;
      const [below, above] = [versionOf(earlier), versionOf(later)];
      if (below !== above) expect(above > below, `${below} ${above} ${happened}`).toBe(true);
      else expect(toVideoItems(later, rules), `${happened}`).toEqual(toVideoItems(earlier, rules));
    }
  });
  await fc.assert(property, { numRuns: 2_000 });
});

let running: RunningTable;
beforeAll(async () => {
  running = await startTable();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

/** A world of up to three videos of one owner, in which each write of the index meets its fate. */
const world = fc.record({
  visibility: fc.constantFrom('owner' as const, 'everyone' as const),
  listedMetadata: fc.constantFrom<readonly string[]>([], ['order'], ['order', 'shop']),
  videos: fc.integer({ min: 1, max: 3 }),
  happenings: fc.array(fc.record({ video: fc.nat(2), happening, late: fc.nat(7) }), {
    minLength: 4,
    maxLength: 30,
    size: 'max',
  }),
  fates: fc.array(fc.constantFrom<WriteFate>('done', 'done', 'lost', 'repeated', 'late'), {
    maxLength: 30,
    size: 'max',
  }),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

let worlds = 0;

/** @returns the videos, after one sweep has mended the index */
async function live({ videos, happenings, fates, ...rules }: World): Promise<readonly Lived[]> {
  worlds += 1;
  const owner = `key ${worlds}`;
  const left = [...fates];
  const real = createVideoIndex(running.table, rules);
  const index = createUnreliableIndex(real, () => left.shift() ?? 'done');
  const lived = Array.from({ length: videos }, (_, number) => {
    const videoId = `v${worlds}-${number}`;
    return {
      videoId,
      owner,
      history: new VideoHistory({ videoId, owner, request }, index),
      happened: [] as string[],
    };
  });
  for (const { video, happening: next, late } of happenings) {
    const one = lived[video % videos];
    if (one !== undefined) one.happened.push(await happen(one.history, next));
    if (late === 0) await index.deliver(next.choice);
  }
  const half = index.lateWrites / 2;
  while (index.lateWrites > half) await index.deliver(half);
  for (const { history } of lived) if (history.document !== undefined) await real.put(history.document);
  while (index.lateWrites > 0) await index.deliver(0);
  return lived;
}

interface Lived {
  readonly videoId: string;
  readonly owner: string;
  readonly history: VideoHistory;
  readonly happened: readonly string[];
}

async function storedItems(videoId: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { Items = [] } = await running.client.send(
    new QueryCommand({
      TableName: running.table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': videoItemKey(videoId).pk },
      ConsistentRead: true,
    }),
  );
  return Items;
}

/** The items that a video is to have. Its position is that of its first start, or of a later one where no write of that one arrived. */
function expectedItems({ history }: Lived, rules: ListRules) {
  const { document, documents } = history;
  if (document === undefined) return undefined;
  const positions = documents.map((each) => toPosition(each));
  return toVideoItems(document, rules)
    .map(({ key, version, attributes }) => ({
      ...JSON.parse(JSON.stringify({ ...key, version, ...attributes })),
      ...(POSITION in attributes
        ? { [POSITION]: expect.toSatisfy((given) => positions.includes(given)) }
        : {}),
    }))
    .sort((one, other) => (one.sk < other.sk ? -1 : 1));
}

test('one sweep makes the index say what the documents say, also where writes are lost, late or repeated', async () => {
  const property = fc.asyncProperty(world, async (given) => {
    const all = await live(given);
    for (const one of all) {
      const expected = expectedItems(one, given);
      if (expected !== undefined) expect(await storedItems(one.videoId), `${one.happened}`).toEqual(expected);
    }
    await expectLists(all, given);
  });
  await fc.assert(property, { numRuns: 200 });
});

/** Each list of the owner has the videos that belong into it, and no other. */
async function expectLists(all: readonly Lived[], rules: ListRules): Promise<void> {
  const [first] = all;
  if (first === undefined || rules.visibility === 'everyone') return;
  const { owner } = first;
  const pages = createVideoPages(running.table);
  const known = all.flatMap(({ history: { document } }) => (document?.owner === owner ? [document] : []));
  const listed = known.map(
    (document) => toVideoItems(document, rules)[0]?.attributes.video as { status: string; video_id: string },
  );
  const metadata = rules.listedMetadata.map((key) => ({
    metadata: { key, value: key === 'order' ? '17' : 'a' },
  }));
  for (const status of ['running', 'succeeded', 'failed', 'cancelled', 'timed_out']) {
    const expected = listed.filter((each) => each.status === status).map(({ video_id }) => video_id);
    for (const filter of [{}, { template }, ...metadata]) {
      const { entries } = await pages.page({ owner, status, ...filter }, 10);
      const found = entries
        .map(({ video_id }) => video_id)
        .filter((id) => known.some(({ video_id }) => video_id === id));
      expect(found.sort()).toEqual(expected.sort());
    }
  }
}
