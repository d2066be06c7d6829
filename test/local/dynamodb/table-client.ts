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
import { VIDEOS } from './videos-table.ts';

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
