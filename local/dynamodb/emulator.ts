import type { Server } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import dynalite from 'dynalite';
import db, { type Store, type Table } from 'dynalite/db/index.js';
import type { TableDefinition, TableSchema } from '../template/tables.ts';
import { closeIterators, fenceDynalite, indexPrefix, itemPrefix, tableKey } from './fences.ts';

/** An answer of DynamoDB: the status of HTTP, and a JSON text. */
export interface TableAnswer {
  readonly status: number;
  readonly body: string;
}

/** What the start did to the tables. */
export interface TableChanges {
  /** New, empty tables. */
  readonly created: readonly string[];
  /** Tables that had other keys or indexes, or were half made. They are empty now. */
  readonly recreated: readonly string[];
}

/** dynalite without its listener. Where it crashes, it throws an error that ends the thread. */
export interface Emulator {
  readonly changes: TableChanges;
  /** @param target as in `DynamoDB_20120810.GetItem` */
  call(target: string, body: Uint8Array): Promise<TableAnswer>;
  close(): Promise<void>;
}

export interface EmulatorOptions {
  /** @default in memory */
  readonly folder: string | undefined;
  readonly tables: readonly TableDefinition[];
}

/** @throws Error where the folder holds no readable database */
export async function openEmulator({ folder, tables }: EmulatorOptions): Promise<Emulator> {
  fenceDynalite(tables);
  const { server, store } = startServer(folder);
  await store.db.open();
  closeIterators(store);
  const call: Emulator['call'] = (target, body) => emit(server, target, body);
  const created: string[] = [];
  const recreated: string[] = [];
  for (const table of tables) {
    const found = (await store.db.get(tableKey(table.name))) as Table | undefined;
    if (found !== undefined && found.TableStatus === 'ACTIVE' && hasSchema(found, table.schema)) continue;
    if (found !== undefined) await deleteTable(store, found);
    await createTable(call, table);
    (found === undefined ? created : recreated).push(table.name);
  }
  return { changes: { created, recreated }, call, close: () => store.db.close() };
}

/** dynalite keeps its store to itself, and makes it with this function. */
function startServer(path: string | undefined): { readonly server: Server; readonly store: Store } {
  const { create } = db;
  let store: Store | undefined;
  db.create = (options) => {
    store = create(options);
    return store;
  };
  const server = dynalite({ path, createTableMs: 0 });
  db.create = create;
  if (store === undefined) throw new Error('dynalite made no store.');
  return { server, store };
}

/** dynalite reads its requests and writes its responses as an HTTP server does. It does not verify signatures. */
function emit(server: Server, target: string, body: Uint8Array): Promise<TableAnswer> {
  const { promise, resolve } = Promise.withResolvers<TableAnswer>();
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': target,
    'x-amz-date': 'any',
    authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=any, Signature=any',
  };
  const request = Object.assign(Readable.from([Buffer.from(body)]), { method: 'POST', url: '/', headers });
  const response = {
    statusCode: 200,
    setHeader: () => undefined,
    end: (text = '') => resolve({ status: response.statusCode, body: text }),
  };
  server.emit('request', request, response);
  return promise;
}

/** dynalite stores a table as its description, with statuses and sizes. */
function hasSchema(found: Table, schema: TableSchema): boolean {
  return sorted(found as unknown as TableSchema) === sorted(schema);
}

function sorted({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] }: TableSchema): string {
  const attributes = AttributeDefinitions.map(({ AttributeName, AttributeType }) => [
    AttributeName,
    AttributeType,
  ]);
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, Projection, ...index }) => [
    IndexName,
    toNames(index.KeySchema),
    Projection.ProjectionType,
    [...(Projection.NonKeyAttributes ?? [])].sort(),
  ]);
  return JSON.stringify([toNames(KeySchema), attributes.sort(), indexes.sort()]);
}

/** The partition key comes first. */
function toNames(key: TableSchema['KeySchema']): readonly string[] {
  return key.map(({ AttributeName }) => AttributeName);
}

/** dynalite's own DeleteTable reads the whole database, and rejects a table that was half made. */
async function deleteTable({ db: level }: Store, table: Table): Promise<void> {
  const { TableName: name, GlobalSecondaryIndexes: indexes = [] } = table;
  const prefixes = [itemPrefix(name), ...indexes.map(({ IndexName }) => indexPrefix(name, IndexName))];
  for (const prefix of prefixes) await level.clear({ gte: prefix, lt: `${prefix}\uffff` });
  await level.del(tableKey(name));
}

async function createTable(call: Emulator['call'], { name, schema }: TableDefinition): Promise<void> {
  const answer = await call(
    'DynamoDB_20120810.CreateTable',
    Buffer.from(JSON.stringify({ ...schema, TableName: name, BillingMode: 'PAY_PER_REQUEST' })),
  );
  if (answer.status !== 200) throw new Error(`The table ${name} cannot be made: ${answer.body}`);
  const describe = Buffer.from(JSON.stringify({ TableName: name }));
  while (!(await call('DynamoDB_20120810.DescribeTable', describe)).body.includes('"TableStatus":"ACTIVE"'))
    await pause(1);
}
