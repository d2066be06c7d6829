import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import type { TableStoreOptions } from '../../../local/dynamodb/table-store.ts';
import type { TableDefinition } from '../../../local/template/tables.ts';
import { UnusableFile } from '../../../local/user-error.ts';
import { temporaryFolder } from '../../harness/running-service.ts';
import { keyOf, type ServedTables, serveTables } from './table-client.ts';
import { TableName, VIDEOS } from './videos-table.ts';

/** A test may stop it before. */
async function serve(options: Partial<TableStoreOptions> = {}): Promise<ServedTables> {
  const served = await serveTables(options);
  onTestFinished(() => served.stop());
  return served;
}

const ITEM = { ...keyOf(1), listed: 'a', created: 'now', title: 'kept' };

async function put({ client }: ServedTables): Promise<void> {
  await client.send(new PutCommand({ TableName, Item: ITEM }));
}

/** The item by its key, and the number of items in an index. */
async function read({ client }: ServedTables): Promise<readonly unknown[]> {
  const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(1) }));
  const { Count } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'newest',
      KeyConditionExpression: 'listed = :list',
      ExpressionAttributeValues: { ':list': 'a' },
    }),
  );
  return [Item, Count];
}

test('makes the tables of the template', async () => {
  const { client, store } = await serve();
  expect(store).toMatchObject({ created: [TableName], recreated: [] });
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    KeySchema: VIDEOS.schema.KeySchema,
  });
  expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual(['newest', 'task']);
});

test('keeps the items of a folder', async () => {
  const folder = join(await temporaryFolder(), 'tables');
  const first = await serve({ folder });
  await put(first);
  await first.stop();
  const second = await serve({ folder });
  expect(second.store).toMatchObject({ created: [], recreated: [] });
  expect(await read(second)).toEqual([ITEM, 1]);
});

test('keeps nothing without a folder', async () => {
  const first = await serve();
  await put(first);
  await first.stop();
  expect(await read(await serve())).toEqual([undefined, 0]);
});

/** The table as other versions of the stack have it. */
const OTHERS: Readonly<Record<string, Partial<TableDefinition['schema']>>> = {
  'one index less': {
    AttributeDefinitions: VIDEOS.schema.AttributeDefinitions.slice(0, 4),
    GlobalSecondaryIndexes: VIDEOS.schema.GlobalSecondaryIndexes?.slice(0, 1),
  },
  'another projection': {
    GlobalSecondaryIndexes: VIDEOS.schema.GlobalSecondaryIndexes?.map((index) => ({
      ...index,
      Projection: { ProjectionType: 'ALL' },
    })),
  },
  'another sort key': {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'created', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: VIDEOS.schema.AttributeDefinitions.filter(
      ({ AttributeName }) => AttributeName !== 'sk',
    ),
  },
};

test.each(Object.keys(OTHERS))('makes a table anew that has %s', async (difference) => {
  const folder = join(await temporaryFolder(), 'tables');
  const other = { ...VIDEOS, schema: { ...VIDEOS.schema, ...OTHERS[difference] } };
  const first = await serve({ folder, tables: [other, { ...VIDEOS, name: 'Videos2' }] });
  await put(first);
  await first.client.send(new PutCommand({ TableName: 'Videos2', Item: ITEM }));
  await first.stop();
  const second = await serve({ folder });
  expect(second.store).toMatchObject({ created: [], recreated: [TableName] });
  expect(await read(second)).toEqual([undefined, 0]);
  await put(second);
  expect(await read(second)).toEqual([ITEM, 1]);
  const beside = await second.client.send(new GetCommand({ TableName: 'Videos2', Key: keyOf(1) }));
  expect(beside.Item).toEqual(ITEM);
});

test('the order of indexes and attributes is no difference', async () => {
  const folder = join(await temporaryFolder(), 'tables');
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = VIDEOS.schema;
  const schema = {
    ...VIDEOS.schema,
    AttributeDefinitions: [...AttributeDefinitions].reverse(),
    GlobalSecondaryIndexes: [...GlobalSecondaryIndexes].reverse(),
  };
  await (await serve({ folder, tables: [{ ...VIDEOS, schema }] })).stop();
  expect((await serve({ folder })).store).toMatchObject({ created: [], recreated: [] });
});

/** dynalite reads a property of the parsed body. */
const CRASHING = ['DynamoDB_20120810.GetItem', Buffer.from('null')] as const;

test('answers a crash of dynalite with HTTP 500, and serves the next calls', async () => {
  const served = await serve({ folder: join(await temporaryFolder(), 'tables') });
  await put(served);
  const answers = await Promise.all([1, 2, 3].map(() => served.store.call(...CRASHING)));
  for (const { status, body } of answers) {
    expect(status).toBe(500);
    expect(JSON.parse(body)).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
      message: expect.stringContaining('The local DynamoDB failed'),
    });
  }
  const reads = await Promise.all([1, 2, 3].map(() => read(served)));
  expect(reads).toEqual([1, 2, 3].map(() => [ITEM, 1]));
});

test('a closed store answers with HTTP 500', async () => {
  const { store } = await serve();
  await store.close();
  const { status } = await store.call('DynamoDB_20120810.ListTables', Buffer.from('{}'));
  expect(status).toBe(500);
});

test('a stack without tables has none', async () => {
  const { client, store } = await serve({ tables: [] });
  expect(store).toMatchObject({ created: [], recreated: [] });
  const get = client.send(new GetCommand({ TableName, Key: keyOf(1) }));
  await expect(get).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test.each(['CreateTable', 'NoSuchOperation'])(
  'answers %s without its input as DynamoDB does',
  async (operation) => {
    const { store } = await serve();
    const { status, body } = await store.call(`DynamoDB_20120810.${operation}`, Buffer.from('{}'));
    expect(status).toBe(400);
    expect(JSON.parse(body).__type).toMatch(/#(ValidationException|UnknownOperationException)$/);
  },
);

test('names a folder that holds no database, and what to do', async () => {
  const folder = join(await temporaryFolder(), 'tables');
  await (await serve({ folder })).stop();
  writeFileSync(join(folder, 'CURRENT'), 'this names no file');
  const opening = serve({ folder });
  await expect(opening).rejects.toBeInstanceOf(UnusableFile);
  await expect(opening).rejects.toThrow(`${folder} cannot be read`);
  await expect(opening).rejects.toThrow('Move it away');
});

test('a table that cannot be made is named', async () => {
  const tables = [{ ...VIDEOS, name: '!' }];
  await expect(serve({ tables })).rejects.toThrow('The table ! cannot be made');
});

test('serves several tables', async () => {
  const { client } = await serve({ tables: [VIDEOS, { ...VIDEOS, name: 'Others' }] });
  const { TableNames } = await client.send(new ListTablesCommand({}));
  expect(TableNames).toEqual(['Others', TableName]);
});
