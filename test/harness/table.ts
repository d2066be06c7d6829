import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { VideoTable } from '../../infra/video-table.ts';
import { videoItemKey } from '../../lambdas/core/table/layout.ts';
import { createTable, type Table, TableUnavailable } from '../../lambdas/io/table/table.ts';
import { createCredentials } from '../../local/aws/credentials.ts';
import { startAwsEndpoint } from '../../local/aws/json-endpoint.ts';
import type { TableCall } from '../../local/dynamodb/consumed-units.ts';
import { createTableStore } from '../../local/dynamodb/table-store.ts';
import { readTables, type TableDefinition } from '../../local/template/tables.ts';
import { toTemplate } from '../../local/template/template.ts';

/** The table of the construct, in an emulator. */
export interface EmulatedTable extends AsyncDisposable {
  readonly table: Table;
  /** The SDK's client, for what no function does. */
  readonly client: DynamoDBDocumentClient;
}

/** In memory, behind the local door. */
export interface RunningTable extends EmulatedTable {
  /** Every call until now, with the capacity that it has consumed. */
  readonly calls: TableCall[];
}

/** @param options.folder of the database. @default in memory */
export async function startTable({ folder }: { readonly folder?: string } = {}): Promise<RunningTable> {
  await using cleanup = new AsyncDisposableStack();
  const calls: TableCall[] = [];
  const definition = tableDefinition();
  const store = await createTableStore({
    folder,
    tables: [definition],
    onTableCall: (call) => calls.push(call),
  });
  cleanup.defer(() => store.close());
  const { url, stop, credentials } = await startAwsEndpoint({}, createCredentials(), store);
  cleanup.defer(() => stop());
  const bare = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials });
  cleanup.defer(() => bare.destroy());
  const client = DynamoDBDocumentClient.from(bare, { marshallOptions: { removeUndefinedValues: true } });
  // The first call loads the emulator, which may take longer on a busy machine than a function waits.
  await client.send(new GetCommand({ TableName: definition.name, Key: videoItemKey('none') }));
  calls.length = 0;
  const everything = cleanup.move();
  return {
    table: createTable(definition.name, client),
    client,
    calls,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** A table that fails in each call, as one that is throttled. */
export function failingTable(): Table {
  const fail = () =>
    Promise.reject(new TableUnavailable('The table could not be read or written (ThrottlingException).'));
  return { name: 'table', call: fail, callIf: fail };
}

/** The table as the construct synthesizes it. */
export function tableDefinition(): TableDefinition {
  const stack = new Stack(new App(), 'Stack');
  new VideoTable(stack, 'Table');
  const template = Template.fromStack(stack).toJSON() as Parameters<typeof toTemplate>[0];
  const [definition] = readTables(toTemplate(template));
  if (definition === undefined) throw new Error('The stack has a table.');
  return definition;
}
