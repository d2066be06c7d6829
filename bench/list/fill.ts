import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { JobRecord } from '../../lambdas/core/job/job-record.ts';
import { type ListRules, toVideoItems } from '../../lambdas/core/table/entry.ts';
import { POSITION } from '../../lambdas/core/table/layout.ts';
import { type ListFilter, toListQuery } from '../../lambdas/core/table/list-filter.ts';

/** DynamoDB takes no more items in one call. */
const BATCH = 25;
const BATCHES_AT_ONCE = 4;

interface Target {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

/** Writes the items of job documents, without the condition that the service writes them under. @returns how many items */
export async function fillTable(
  { client, tableName }: Target,
  records: Iterable<JobRecord>,
  rules: ListRules,
): Promise<number> {
  async function write(items: readonly object[]): Promise<void> {
    const batch = items.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteCommand({ RequestItems: { [tableName]: batch } }),
    );
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('Items of a batch were not written.');
  }
  let count = 0;
  let waiting: object[] = [];
  async function writeAll(): Promise<void> {
    const batches = Array.from({ length: Math.ceil(waiting.length / BATCH) }, (_, number) =>
      waiting.slice(number * BATCH, (number + 1) * BATCH),
    );
    count += waiting.length;
    waiting = [];
    await Promise.all(batches.map(write));
  }
  for (const record of records)
    for (const { key, version, attributes } of toVideoItems(record, rules)) {
      waiting.push({ ...key, ...attributes, version });
      if (waiting.length === BATCH * BATCHES_AT_ONCE) await writeAll();
    }
  await writeAll();
  return count;
}

/** Where the videos of a list are, oldest first, by the keys that are written for them. */
export function positionsIn(
  records: Iterable<JobRecord>,
  rules: ListRules,
  filter: ListFilter,
): readonly string[] {
  const list = toListQuery(filter);
  if (list === undefined) return [];
  return [...records].flatMap((record) =>
    toVideoItems(record, rules).flatMap(({ attributes }) => {
      const position = String(attributes[POSITION]);
      const isListed =
        attributes[list.partitionName] === list.partition && position >= list.low && position <= list.high;
      return isListed ? [position] : [];
    }),
  );
}
