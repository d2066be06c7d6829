import { BatchGetCommand, type BatchGetCommandOutput, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { toVideoItems } from '../../../lambdas/core/table/entry.ts';
import { videoItemKey } from '../../../lambdas/core/table/layout.ts';
import { readVersions } from '../../../lambdas/io/table/item-versions.ts';
import type { Table } from '../../../lambdas/io/table/table.ts';
import { createVideoIndex, type VideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { NO_PAUSE } from '../../../lambdas/io/timing.ts';
import { failedRecord, succeededRecord } from '../../core/table/records.ts';
import { claimOf, itemsOf, RULES } from '../reindex/video-world.ts';
import { type ServedVideosTable, serveVideosTable } from './videos-table.ts';

let served: ServedVideosTable;
let commands: string[];
let index: VideoIndex;
beforeAll(async () => {
  served = await serveVideosTable();
});
beforeEach(() => {
  commands = [];
  index = createVideoIndex(counted(served.table), RULES);
});
afterEach(() => served.empty());
afterAll(() => served.stop());

/** Notes the name of each command. */
function counted(table: Table): Table {
  const noting = (client: Parameters<Parameters<Table['call']>[0]>[0]) =>
    Object.assign(Object.create(client), {
      send: (command: never, options: never) => {
        commands.push((command as object).constructor.name);
        return client.send(command, options);
      },
    });
  return {
    name: table.name,
    call: (work) => table.call((client, options) => work(noting(client), options)),
    callIf: (work) => table.callIf((client, options) => work(noting(client), options)),
  };
}

const ended = (id: string): JobRecord => succeededRecord(claimOf(id));

const stored = (): Promise<readonly object[]> => served.items();
const expected = (...records: readonly JobRecord[]): readonly object[] =>
  records.flatMap((record) => itemsOf(toVideoItems(record, RULES)));

test('writes what is missing or behind, and says how many items these were', async () => {
  await index.put(claimOf('v1'));
  await index.put(ended('v2'));
  commands = [];
  expect(await index.mend([ended('v1'), ended('v2'), ended('v3')])).toBe(4);
  expect(commands.toSorted()).toEqual(['BatchGetCommand', ...Array(4).fill('UpdateCommand')]);
  expect(await stored()).toEqual(expected(ended('v1'), ended('v2'), ended('v3')));
});

test('writes nothing where the table is as late or later', async () => {
  await index.put(ended('v1'));
  commands = [];
  expect(await index.mend([claimOf('v1'), ended('v1')])).toBe(0);
  expect(commands).toEqual(['BatchGetCommand']);
  expect(await stored()).toEqual(expected(ended('v1')));
});

test('does not count an item that another writer has written first', async () => {
  const { table } = served;
  const late: Table = {
    ...table,
    async callIf(work) {
      await createVideoIndex(table, RULES).put(ended('v1'));
      return table.callIf(work);
    },
  };
  expect(await createVideoIndex(late, RULES).mend([failedRecord(claimOf('v1'))])).toBe(0);
  expect(await stored()).toEqual(expected(ended('v1')));
});

test('reads a hundred versions in a call, and no key twice', async () => {
  const records = Array.from({ length: 75 }, (_, id) => ended(`v${id}`));
  for (const record of records) await index.put(record);
  commands = [];
  expect(await index.mend([...records, ...records])).toBe(0);
  expect(commands).toEqual(['BatchGetCommand', 'BatchGetCommand']);
});

test('reads again what the table has left unread', async () => {
  for (const id of ['v1', 'v2']) await index.put(ended(id));
  const keys = ['v1', 'v2', 'v3'].map((id) => videoItemKey(id));
  const versions = await readVersions(halfRead(served.table), keys, NO_PAUSE);
  expect(keys.map(versions.has)).toEqual([true, true, false]);
});

test('gives up where the table leaves a key unread each time', async () => {
  const nothing: Table = { ...served.table, call: async () => unprocessed([videoItemKey('v1')]) as never };
  const work = readVersions(nothing, [videoItemKey('v1')], NO_PAUSE);
  await expect(work).rejects.toMatchObject({
    name: 'TableUnavailable',
    message: expect.stringContaining('1 keys'),
  });
});

/** Answers for the first key of each call alone, as a throttled table does. */
function halfRead(table: Table): Table {
  return {
    ...table,
    call: (work) =>
      table.call((client, options) => {
        const send = async (command: BatchGetCommand) => {
          const [first, ...rest] = command.input.RequestItems?.[table.name]?.Keys ?? [];
          const only = { ...command.input.RequestItems?.[table.name], Keys: first && [first] };
          const found = await client.send(new BatchGetCommand({ RequestItems: { [table.name]: only } }));
          return rest.length === 0 ? found : { ...found, ...unprocessed(rest) };
        };
        return work(Object.assign(Object.create(client), { send }), options);
      }),
  };
}

function unprocessed(Keys: readonly object[]): Pick<BatchGetCommandOutput, 'UnprocessedKeys'> {
  return { UnprocessedKeys: { [served.table.name]: { Keys: [...Keys] } } };
}

test('ignores an item whose version is no text, which reindex replaces', async () => {
  await served.client.send(
    new PutCommand({ TableName: served.table.name, Item: { ...videoItemKey('v1'), version: 7 } }),
  );
  expect(await index.mend([{ ...ended('v1'), request: {} }])).toBe(0);
});
