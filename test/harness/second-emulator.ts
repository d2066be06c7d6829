import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTable } from '../../lambdas/io/table/table.ts';
import { type EmulatedTable, tableDefinition } from './table.ts';

/** The server of moto, which emulates AWS in Python, and shares no code with dynalite. */
const PROGRAM = 'moto_server';

export const isMotoInstalled = spawnSync(PROGRAM, ['--help']).status === 0;

/** The table of the construct in moto, in a process of its own. */
export async function startMotoTable(): Promise<EmulatedTable> {
  await using cleanup = new AsyncDisposableStack();
  const { url, stop } = await startMoto();
  cleanup.defer(stop);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const bare = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials });
  cleanup.defer(() => bare.destroy());
  const { name, schema } = tableDefinition();
  await bare.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [...schema.KeySchema],
      AttributeDefinitions: [...schema.AttributeDefinitions],
      GlobalSecondaryIndexes: schema.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema: [...KeySchema],
        Projection: { ...Projection, NonKeyAttributes: [...(Projection.NonKeyAttributes ?? [])] },
      })),
    }),
  );
  oneCallAtATime(bare);
  const client = DynamoDBDocumentClient.from(bare, { marshallOptions: { removeUndefinedValues: true } });
  const everything = cleanup.move();
  return {
    table: createTable(name, client),
    client,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** DynamoDB checks a condition and writes in one step. Two threads of moto check one condition before one of them writes. */
function oneCallAtATime(client: DynamoDBClient): void {
  let last: Promise<unknown> = Promise.resolve();
  client.middlewareStack.add(
    (next) => (args) => {
      const answer = last.then(() => next(args));
      last = answer.catch(() => undefined);
      return answer;
    },
    { step: 'initialize', name: 'oneCallAtATime' },
  );
}

/** It says on stderr which free port it has taken. @throws Error where it ends before */
async function startMoto(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => resolve()).once('error', () => resolve()),
  );
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  for await (const line of createInterface(child.stderr)) {
    const url = /Running on (http:\/\/\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stderr.resume();
    return { url, stop };
  }
  throw new Error('moto_server ended before it listened.');
}
