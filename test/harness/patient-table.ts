import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTable, type Table } from '../../lambdas/io/table/table.ts';
import type { EmulatedTable } from './table.ts';

/** The table without the few seconds after which a function gives up a call: a busy machine may be slower. */
export function withoutTimeLimit({ table, client }: EmulatedTable): Table {
  return createTable(table.name, withoutSignals(client));
}

function withoutSignals(client: DynamoDBDocumentClient): DynamoDBDocumentClient {
  const send: typeof client.send = (command: Parameters<typeof client.send>[0]) => client.send(command);
  return Object.assign(Object.create(client) as DynamoDBDocumentClient, { send });
}
