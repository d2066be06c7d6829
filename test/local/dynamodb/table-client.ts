import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createCredentials } from '../../../local/aws/credentials.ts';
import { createAwsJsonApi, rejectAsAwsJson } from '../../../local/aws/json-endpoint.ts';
import {
  createTableStore,
  type TableStore,
  type TableStoreOptions,
} from '../../../local/dynamodb/table-store.ts';
import { listen } from '../../../local/loopback-server.ts';
import type { TableDefinition } from '../../../local/template/tables.ts';

/** `newest` holds the items with a list, `task` those with a number. */
export const VIDEOS: TableDefinition = {
  name: 'Videos',
  schema: {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'listed', AttributeType: 'S' },
      { AttributeName: 'created', AttributeType: 'S' },
      { AttributeName: 'number', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'newest',
        KeySchema: [
          { AttributeName: 'listed', KeyType: 'HASH' },
          { AttributeName: 'created', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
      },
      {
        IndexName: 'task',
        KeySchema: [{ AttributeName: 'number', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  },
};

export const TableName = VIDEOS.name;

export interface ServedTables {
  readonly store: TableStore;
  /** The SDK's client, without retries. */
  readonly client: DynamoDBDocumentClient;
  stop(): Promise<void>;
}

/** Serves tables to the SDK's client. @param options of the store. @default one table in memory */
export async function serveTables(options: Partial<TableStoreOptions> = {}): Promise<ServedTables> {
  const store = await createTableStore({ tables: [VIDEOS], ...options });
  const credentials = createCredentials();
  const route = createAwsJsonApi({}, credentials, store);
  const server = await listen(createServer(), route, 0, { reject: rejectAsAwsJson });
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: server.url,
    credentials,
    maxAttempts: 1,
  });
  return {
    store,
    client: DynamoDBDocumentClient.from(client),
    async stop() {
      client.destroy();
      await server.stop();
      await store.close();
    },
  };
}

/** The keys of item number `index`. */
export function keyOf(index: number | string): { readonly pk: string; readonly sk: string } {
  return { pk: `video#${index}`, sk: 'video' };
}
