import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { LIST_INDEXES, POSITION, SHOWN, TASK_INDEX } from '../../../lambdas/core/table/layout.ts';
import { createTable, type Table } from '../../../lambdas/io/table/table.ts';
import type { TableDefinition } from '../../../local/template/tables.ts';
import { type ServedTables, serveTables } from '../../local/dynamodb/table-client.ts';

const PARTITIONS = Object.values(LIST_INDEXES).map(({ partition }) => partition);

/** With the keys and indexes of `infra/video-table.ts`. */
const VIDEOS: TableDefinition = {
  name: 'Videos',
  schema: {
    KeySchema: keys('pk', 'sk'),
    AttributeDefinitions: ['pk', 'sk', POSITION, TASK_INDEX.partition, ...PARTITIONS].map(
      (AttributeName) => ({ AttributeName, AttributeType: 'S' }),
    ),
    GlobalSecondaryIndexes: [
      ...Object.entries(LIST_INDEXES).map(([IndexName, { partition }]) => ({
        IndexName,
        KeySchema: keys(partition, POSITION),
        Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [SHOWN] },
      })),
      {
        IndexName: TASK_INDEX.name,
        KeySchema: keys(TASK_INDEX.partition),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['owner', 'adopted'] },
      },
    ],
  },
};

function keys(partition: string, sort?: string): TableDefinition['schema']['KeySchema'] {
  const partitionKey = { AttributeName: partition, KeyType: 'HASH' } as const;
  return sort === undefined ? [partitionKey] : [partitionKey, { AttributeName: sort, KeyType: 'RANGE' }];
}

/** The table of the videos in a DynamoDB of this machine. */
export interface ServedVideosTable extends ServedTables {
  readonly table: Table;
  /** All items, in order of their keys. */
  items(): Promise<readonly Item[]>;
  /** Deletes all items. */
  empty(): Promise<void>;
}

type Item = Readonly<Record<string, unknown>>;

export async function serveVideosTable(): Promise<ServedVideosTable> {
  const served = await serveTables({ tables: [VIDEOS] });
  // As `createTableClient` sets it.
  const marshallOptions = { removeUndefinedValues: true };
  const client = DynamoDBDocumentClient.from(served.client as unknown as DynamoDBClient, { marshallOptions });
  const TableName = VIDEOS.name;

  async function items(): Promise<readonly Item[]> {
    const found: Item[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) found.push(...Items);
    const textOf = ({ pk, sk }: Item): string => `${pk} ${sk}`;
    return found.sort((one, other) => (textOf(one) < textOf(other) ? -1 : 1));
  }

  return {
    ...served,
    client,
    table: createTable(TableName, client),
    items,
    async empty() {
      for (const { pk, sk } of await items())
        await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
    },
  };
}
