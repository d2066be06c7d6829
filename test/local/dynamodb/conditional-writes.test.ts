import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keyOf, type ServedTables, serveTables } from './table-client.ts';
import { TableName } from './videos-table.ts';

let served: ServedTables;
let client: DynamoDBDocumentClient;
let tests = 0;
/** Of the one item of a test. */
let key: ReturnType<typeof keyOf>;

beforeAll(async () => {
  served = await serveTables();
  client = served.client;
});
beforeEach(() => {
  tests += 1;
  key = keyOf(tests);
});
afterAll(() => served.stop());

/** Writes a version that is higher than the stored one. */
function advance(version: number, others: Partial<UpdateCommandInput> = {}) {
  return client.send(
    new UpdateCommand({
      TableName,
      Key: key,
      UpdateExpression: 'SET version = :version, created = if_not_exists(created, :created)',
      ConditionExpression: 'attribute_not_exists(version) OR version < :version',
      ExpressionAttributeValues: { ':version': version, ':created': `at ${version}` },
      ...others,
    }),
  );
}

async function stored() {
  const { Item } = await client.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
  return Item;
}

test('an update under a condition makes an item, advances it, and refuses an older version', async () => {
  await advance(9);
  await advance(10);
  await expect(advance(9)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  await expect(advance(10)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  expect(await stored()).toEqual({ ...key, version: 10, created: 'at 9' });
});

test('of 50 updates at once under one condition exactly one succeeds', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, writer) =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: key,
          UpdateExpression: 'SET writer = :writer',
          ConditionExpression: 'attribute_not_exists(writer)',
          ExpressionAttributeValues: { ':writer': writer },
        }),
      ),
    ),
  );
  const winners = outcomes.flatMap(({ status }, writer) => (status === 'fulfilled' ? [writer] : []));
  const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
  expect(winners).toHaveLength(1);
  expect(new Set(losers)).toEqual(new Set(['ConditionalCheckFailedException']));
  expect(await stored()).toEqual({ ...key, writer: winners[0] });
});

test('50 additions at once lose none, up to a limit', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: key,
          UpdateExpression: 'ADD posts :one',
          ConditionExpression: 'attribute_not_exists(posts) OR posts < :limit',
          ExpressionAttributeValues: { ':one': 1, ':limit': 40 },
        }),
      ),
    ),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
  expect(await stored()).toEqual({ ...key, posts: 40 });
});

test('a failed condition returns the item that was found', async () => {
  await advance(3);
  const failed = advance(2, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
  // The document client does not convert the item of an error.
  await expect(failed).rejects.toMatchObject({ Item: { version: { N: '3' }, created: { S: 'at 3' } } });
});

test('a write returns what it replaced', async () => {
  const first = await advance(1, { ReturnValues: 'ALL_OLD' });
  const second = await advance(2, { ReturnValues: 'ALL_OLD' });
  const third = await advance(3, { ReturnValues: 'ALL_NEW' });
  expect(first.Attributes).toBeUndefined();
  expect(second.Attributes).toEqual({ ...key, version: 1, created: 'at 1' });
  expect(third.Attributes).toEqual({ ...key, version: 3, created: 'at 1' });
  const deletion = new DeleteCommand({ TableName, Key: key, ReturnValues: 'ALL_OLD' });
  expect((await client.send(deletion)).Attributes).toEqual(third.Attributes);
  expect(await stored()).toBeUndefined();
});

test('a put and a deletion obey their conditions', async () => {
  const put = (writer: string) =>
    client.send(
      new PutCommand({
        TableName,
        Item: { ...key, writer },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  const remove = (writer: string) =>
    client.send(
      new DeleteCommand({
        TableName,
        Key: key,
        ConditionExpression: 'writer = :writer',
        ExpressionAttributeValues: { ':writer': writer },
      }),
    );
  await put('a');
  await expect(put('b')).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  await expect(remove('b')).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  await remove('a');
  await put('b');
  expect(await stored()).toMatchObject({ writer: 'b' });
});

test('nested values, lists and texts of all scripts are stored unchanged', async () => {
  const Key = keyOf('動画');
  const Item = { ...Key, metadata: { 'a.b': ['ü', null, true, 1.5, { x: [] }] }, empty: '' };
  await client.send(new PutCommand({ TableName, Item }));
  expect((await client.send(new GetCommand({ TableName, Key }))).Item).toEqual(Item);
});

test.each([
  ['an expression with an unused value', { ':version': 1, ':created': 'x', ':unused': 1 }, 'unused'],
  ['an expression without one of its values', { ':version': 1 }, ':created'],
])('refuses %s', async (_name, ExpressionAttributeValues, message) => {
  const refused = advance(1, { ExpressionAttributeValues });
  await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(refused).rejects.toThrow(message);
  expect(await stored()).toBeUndefined();
});

test.each(['status', 'owner', 'name', 'ttl'])(
  'refuses the reserved word %s where DynamoDB does',
  async (word) => {
    const update = (name: string, names?: Readonly<Record<string, string>>) =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: key,
          UpdateExpression: `SET ${name} = :value`,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ':value': 1 },
        }),
      );
    await expect(update(word)).rejects.toThrow('reserved keyword');
    await update('#name', { '#name': word });
    expect(await stored()).toMatchObject({ [word]: 1 });
  },
);

test('refuses an empty text as the key of an index', async () => {
  const refused = client.send(new PutCommand({ TableName, Item: { ...key, listed: '' } }));
  await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await stored()).toBeUndefined();
});
