import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from '../../core/table/layout.ts';
import { backoff, type Pause, poll } from '../timing.ts';
import { type Table, TableUnavailable } from './table.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MAX_KEYS = 100;

/** DynamoDB leaves keys unprocessed where it throttles a part of the table. */
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 50;

/** The versions of the items that there are. An item may have any version, or none. */
export interface ItemVersions {
  has(key: ItemKey): boolean;
  get(key: ItemKey): unknown;
}

/** Reads the versions of items, a hundred a call. @param keys may repeat. @throws TableUnavailable */
export async function readVersions(
  table: Table,
  keys: readonly ItemKey[],
  pause: Pause = backoff(FIRST_PAUSE_MS),
): Promise<ItemVersions> {
  const distinct = [...new Map(keys.map((key) => [textOf(key), key])).values()];
  const versions = new Map<string, unknown>();
  for (let from = 0; from < distinct.length; from += MAX_KEYS) {
    let left: Keys = distinct.slice(from, from + MAX_KEYS).map(({ pk, sk }) => ({ pk, sk }));
    const read = async (): Promise<Keys> => {
      const { items, unprocessed } = await readBatch(table, left);
      for (const { pk, sk, version } of items) versions.set(textOf({ pk, sk }), version);
      left = unprocessed;
      return left;
    };
    const isEnough = (unprocessed: Keys): boolean => unprocessed.length === 0;
    await poll(read, { isEnough, attempts: ATTEMPTS, pause });
    if (left.length > 0) throw new TableUnavailable(`The table left ${left.length} keys unread.`);
  }
  return {
    has: (key) => versions.has(textOf(key)),
    get: (key) => versions.get(textOf(key)),
  };
}

type Keys = readonly Readonly<Record<string, unknown>>[];

async function readBatch(table: Table, Keys: Keys) {
  const request: BatchGetCommandInput['RequestItems'] = {
    [table.name]: {
      Keys: [...Keys],
      ProjectionExpression: 'pk, sk, #version',
      ExpressionAttributeNames: { '#version': 'version' },
    },
  };
  const { Responses, UnprocessedKeys } = await table.call((client, options) =>
    client.send(new BatchGetCommand({ RequestItems: request }), options),
  );
  return {
    items: Responses?.[table.name] ?? [],
    unprocessed: UnprocessedKeys?.[table.name]?.Keys ?? [],
  };
}

function textOf({ pk, sk }: ItemKey): string {
  return JSON.stringify([pk, sk]);
}
