import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TableCall } from '../../../local/dynamodb/consumed-units.ts';
import { keyOf, type ServedTables, serveTables } from './table-client.ts';
import { TableName } from './videos-table.ts';

const calls: TableCall[] = [];
let served: ServedTables;

beforeAll(async () => {
  served = await serveTables({ onTableCall: (call) => void calls.push(call) });
});
beforeEach(() => {
  calls.length = 0;
});
afterAll(() => served.stop());

const KILOBYTE = 1_024;
const LISTED = { listed: 'a', created: '1' };

/** Puts the item, makes a write, and removes the item. @returns the units of the write */
async function unitsOf(
  item: object,
  write: (client: ServedTables['client']) => Promise<unknown>,
): Promise<number> {
  const { client } = served;
  await client.send(new PutCommand({ TableName, Item: { ...keyOf(1), ...item } }));
  calls.length = 0;
  await write(client);
  const [call] = calls;
  await client.send(new DeleteCommand({ TableName, Key: keyOf(1) }));
  return call?.units ?? Number.NaN;
}

function update(UpdateExpression: string, values?: Readonly<Record<string, unknown>>) {
  return (client: ServedTables['client']) =>
    client.send(
      new UpdateCommand({
        TableName,
        Key: keyOf(1),
        UpdateExpression,
        ExpressionAttributeValues: values,
      }),
    );
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes */
test.each([
  ['1, for an attribute that no index has', LISTED, 'SET note = :value', { ':value': 1 }, 1],
  ['1, for an item that no index has', {}, 'SET title = :value', { ':value': 1 }, 1],
  ['2, for an item that enters an index', {}, 'SET listed = :a, created = :a', { ':a': 'a' }, 2],
  ['2, for an item that leaves an index', LISTED, 'REMOVE listed', undefined, 2],
  ['2, for a projected attribute', LISTED, 'SET title = :value', { ':value': 'new' }, 2],
  [
    '1, for a projected attribute that stays',
    { ...LISTED, title: 'x' },
    'SET title = :value',
    { ':value': 'x' },
    1,
  ],
  ['3, for another key of an index', LISTED, 'SET created = :value', { ':value': '2' }, 3],
  ['4, for two indexes', LISTED, 'SET created = :a, task_number = :b', { ':a': '2', ':b': 7 }, 4],
])('an update consumes %s', async (_name, item, expression, values, units) => {
  expect(await unitsOf(item, update(expression, values))).toBe(units);
});

test('a write consumes a unit for each started kilobyte of the larger item, and of the index entries', async () => {
  const title = 'x'.repeat(2 * KILOBYTE);
  const other = 'x'.repeat(2 * KILOBYTE);
  const put = (item: object) => (client: ServedTables['client']) =>
    client.send(new PutCommand({ TableName, Item: { ...keyOf(1), ...item } }));
  // A table of 3 kB. The index does not have `other`.
  expect(await unitsOf({}, put({ ...LISTED, other }))).toBe(3 + 1);
  expect(await unitsOf({ ...LISTED, other }, put({}))).toBe(3 + 1);
  expect(await unitsOf({}, put({ ...LISTED, title }))).toBe(3 + 3);
  expect(await unitsOf({ ...LISTED, title }, put({ ...LISTED, created: '2' }))).toBe(3 + 3 + 1);
});

test('a deletion consumes units of its indexes too', async () => {
  const remove = (client: ServedTables['client']) =>
    client.send(new DeleteCommand({ TableName, Key: keyOf(1) }));
  expect(await unitsOf({}, remove)).toBe(1);
  expect(await unitsOf({ ...LISTED, task_number: 1 }, remove)).toBe(3);
});

test('a failed condition consumes units of the table alone', async () => {
  const failing = (client: ServedTables['client']) =>
    expect(
      client.send(
        new DeleteCommand({ TableName, Key: keyOf(1), ConditionExpression: 'attribute_not_exists(pk)' }),
      ),
    ).rejects.toThrow('The conditional request failed');
  expect(await unitsOf({ ...LISTED, other: 'x'.repeat(KILOBYTE) }, failing)).toBe(2);
});

test('reads consume half a unit for each started 4 kB, and a whole one where they are consistent', async () => {
  const { client } = served;
  const Item = { ...keyOf('read'), ...LISTED, other: 'x'.repeat(5 * KILOBYTE) };
  await client.send(new PutCommand({ TableName, Item }));
  calls.length = 0;
  const query = (listed: string) =>
    new QueryCommand({
      TableName,
      IndexName: 'newest',
      KeyConditionExpression: 'listed = :listed',
      ExpressionAttributeValues: { ':listed': listed },
    });
  const Keys = [keyOf('read'), keyOf('none')];
  await client.send(new GetCommand({ TableName, Key: keyOf('read') }));
  await client.send(new GetCommand({ TableName, Key: keyOf('read'), ConsistentRead: true }));
  await client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }));
  await client.send(new ScanCommand({ TableName }));
  await client.send(query('a'));
  await client.send(query('nothing'));
  expect(calls).toEqual([
    { operation: 'GetItem', units: 1 },
    { operation: 'GetItem', units: 2 },
    { operation: 'BatchGetItem', units: 3 },
    { operation: 'Scan', units: 1 },
    { operation: 'Query', units: 0.5 },
    { operation: 'Query', units: 0.5 },
  ]);
  await client.send(new DeleteCommand({ TableName, Key: keyOf('read') }));
});

test('a batch of writes consumes the units of each', async () => {
  const Item = { ...keyOf('batch'), ...LISTED };
  const requests = [{ PutRequest: { Item } }, { DeleteRequest: { Key: keyOf('none') } }];
  await served.client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
  expect(calls).toEqual([{ operation: 'BatchWriteItem', units: 3 }]);
  await served.client.send(new DeleteCommand({ TableName, Key: keyOf('batch') }));
});

test('a client that asks for the capacity gets it with its indexes, and no other client does', async () => {
  const put = (ReturnConsumedCapacity?: 'INDEXES') =>
    served.client.send(
      new PutCommand({ TableName, Item: { ...keyOf('asked'), ...LISTED }, ReturnConsumedCapacity }),
    );
  expect((await put('INDEXES')).ConsumedCapacity).toEqual({
    TableName,
    CapacityUnits: 2,
    Table: { CapacityUnits: 1 },
    GlobalSecondaryIndexes: { newest: { CapacityUnits: 1 } },
  });
  expect((await put()).ConsumedCapacity).toBeUndefined();
  await served.client.send(new DeleteCommand({ TableName, Key: keyOf('asked') }));
});
