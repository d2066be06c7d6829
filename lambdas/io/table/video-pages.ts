import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { readEntry, type VideoEntry } from '../../core/table/entry.ts';
import { POSITION, SHOWN } from '../../core/table/layout.ts';
import { type ListFilter, type ListQuery, toListQuery, toStartKey } from '../../core/table/list-filter.ts';
import type { Table } from './table.ts';

/** One page of a list, newest first. */
export interface EntryPage {
  readonly entries: readonly VideoEntry[];
  /** The position of the last video, where more follow. */
  readonly next?: string;
}

/** Lists videos. A page of `limit` videos reads at most `limit + 1` items, with each filter. */
export interface VideoPages {
  /** @param after the position behind which the page begins. @throws TableUnavailable */
  page(filter: ListFilter, limit: number, after?: string): Promise<EntryPage>;
  /** All videos of a list, in pages of a megabyte. @throws TableUnavailable */
  all(filter: ListFilter): AsyncGenerator<readonly VideoEntry[]>;
}

type Item = Readonly<Record<string, unknown>>;

export function createVideoPages(table: Table): VideoPages {
  const query = (input: QueryCommandInput): Promise<QueryCommandOutput> =>
    table.call((client, options) => client.send(new QueryCommand(input), options));

  return {
    async page(filter, limit, after) {
      const list = toListQuery(filter);
      if (list === undefined) return { entries: [] };
      const from = after === undefined ? undefined : toStartKey(list, filter, after);
      const { Items: items = [], LastEvaluatedKey } = await query({
        ...toInput(table.name, list),
        Limit: limit + 1,
        ExclusiveStartKey: from,
      });
      const shown = items.slice(0, limit);
      // A page of a megabyte may be shorter.
      const hasMore = items.length > limit || (LastEvaluatedKey !== undefined && items.length > 0);
      return { entries: entriesOf(shown), next: hasMore ? String(shown.at(-1)?.[POSITION]) : undefined };
    },

    async *all(filter) {
      const list = toListQuery(filter);
      let from: QueryCommandInput['ExclusiveStartKey'];
      do {
        if (list === undefined) return;
        const page = await query({ ...toInput(table.name, list), ExclusiveStartKey: from });
        yield entriesOf(page.Items ?? []);
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    },
  };
}

function toInput(TableName: string, { index, partitionName, partition, low, high }: ListQuery) {
  return {
    TableName,
    IndexName: index,
    KeyConditionExpression: '#partition = :partition AND #position BETWEEN :low AND :high',
    ProjectionExpression: '#video, #position',
    ExpressionAttributeNames: { '#partition': partitionName, '#position': POSITION, '#video': SHOWN },
    ExpressionAttributeValues: { ':partition': partition, ':low': low, ':high': high },
    ScanIndexForward: false,
  };
}

function entriesOf(items: readonly Item[]): readonly VideoEntry[] {
  return items.flatMap((item) => {
    const entry = readEntry(item);
    const [created_at = ''] = String(item[POSITION]).split('#');
    // The position keeps the first start, also where a later execution has taken the video over.
    return entry === undefined ? [] : { ...entry, created_at };
  });
}
