import {
  DeleteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { LEADING_KEYS, VIDEO_SORT_KEY, videoItemKey } from '../../core/table/layout.ts';
import { type Change, type StoredItem, toAttributes } from '../../core/table/mending.ts';
import type { Table } from './table.ts';
import { toUpdate } from './video-index.ts';

/** The items of one video. */
export interface StoredVideoItems {
  readonly videoId: string;
  readonly items: readonly StoredItem[];
}

/** The items about videos as they are in the table, right or wrong. */
export interface StoredItems {
  /** Every video that has items, in pages of a megabyte at most. @throws TableUnavailable */
  all(): AsyncGenerator<readonly StoredVideoItems[]>;
  /** @throws TableUnavailable */
  of(videoId: string): Promise<readonly StoredItem[]>;
  /** Makes a change. @returns false where the table no longer has what the change is for. @throws TableUnavailable */
  change(change: Change): Promise<boolean>;
}

export function createStoredItems(table: Table): StoredItems {
  const TableName = table.name;

  async function scan(ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey']) {
    const command = new ScanCommand({
      TableName,
      ConsistentRead: true,
      FilterExpression: 'begins_with(pk, :video)',
      ExpressionAttributeValues: { ':video': LEADING_KEYS.video },
      ExclusiveStartKey,
    });
    return table.call((client, options) => client.send(command, options));
  }

  return {
    async *all() {
      let open: readonly StoredItem[] = [];
      let from: QueryCommandInput['ExclusiveStartKey'];
      do {
        const page = await scan(from);
        from = page.LastEvaluatedKey;
        const videos = byVideo([...open, ...((page.Items ?? []) as StoredItem[])]);
        // The items of one video follow each other, and may go on in the next page.
        open = from === undefined ? [] : (videos.at(-1)?.items ?? []);
        yield from === undefined ? videos : videos.slice(0, -1);
      } while (from !== undefined);
    },

    async of(videoId) {
      const command = new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': videoItemKey(videoId).pk },
      });
      const { Items = [] } = await table.call((client, options) => client.send(command, options));
      return byVideo(Items as StoredItem[])[0]?.items ?? [];
    },

    async change(change) {
      const written = await table.callIf<object>((client, options) => {
        if (change.kind === 'add')
          return client.send(new UpdateCommand(toUpdate(TableName, change.item)), options);
        if (change.kind === 'remove') return client.send(toDelete(TableName, change.stored), options);
        return client.send(toPut(TableName, change), options);
      });
      return written !== undefined;
    },
  };
}

/** Items of other kinds, which a later release may have, are left out. */
function byVideo(items: readonly StoredItem[]): readonly StoredVideoItems[] {
  const known = items.filter(({ sk }) => sk === VIDEO_SORT_KEY || sk.startsWith('metadata#'));
  // Without `Map.groupBy`, because `reindex` runs on Node 20 too.
  const grouped = new Map<string, StoredItem[]>();
  for (const item of known) grouped.set(item.pk, [...(grouped.get(item.pk) ?? []), item]);
  return [...grouped].map(([pk, own]) => ({ videoId: pk.slice(LEADING_KEYS.video.length), items: own }));
}

type Replacement = Extract<Change, { readonly kind: 'behind' | 'wrong' }>;

/** Replaces the whole item, so that no attribute of the old one stays. */
function toPut(TableName: string, { kind, item, stored }: Replacement): PutCommand {
  const Item = { ...item.key, ...toAttributes(item, stored) };
  if (kind === 'wrong') return new PutCommand({ TableName, Item, ...isUnchanged(stored) });
  return new PutCommand({
    TableName,
    Item,
    ConditionExpression: '#version < :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': item.version },
  });
}

function toDelete(TableName: string, stored: StoredItem): DeleteCommand {
  const { pk, sk } = stored;
  return new DeleteCommand({ TableName, Key: { pk, sk }, ...isUnchanged(stored) });
}

/** Each writer writes another version, so the version says whether the item is the one that was read. */
function isUnchanged({ version }: StoredItem) {
  const ExpressionAttributeNames = { '#version': 'version' };
  if (version === undefined)
    return {
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#version)',
      ExpressionAttributeNames,
    };
  return {
    ConditionExpression: '#version = :read',
    ExpressionAttributeNames,
    ExpressionAttributeValues: { ':read': version },
  };
}
