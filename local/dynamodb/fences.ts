import db, { type Capacity, type Input, type Item, type Store, type Table } from 'dynalite/db/index.js';
import deleteItem from 'dynalite/validations/deleteItem.js';
import putItem from 'dynalite/validations/putItem.js';
import updateItem from 'dynalite/validations/updateItem.js';
import type { TableDefinition } from '../template/tables.ts';
import { entryOf, indexUnits } from './index-entries.ts';

/**
 * Corrects where dynalite 4.0.0 differs from DynamoDB. Its operations call these functions as properties of one object. It
 * changes the modules of this thread, so it is called once.
 */
export function fenceDynalite(tables: readonly TableDefinition[]): void {
  db.createIndexKey = indexKeyOf;
  writeAtOnce();
  // A failed condition consumes nothing in the indexes.
  answerFailedConditions();
  countIndexes(tables);
  countEmptyReads();
}

/** dynalite adds only 24 bits of a hash of the item's key, so that an entry can replace that of another item. */
const indexKeyOf: typeof db.createIndexKey = (item, table, keySchema) =>
  `${db.createKey(item, table, keySchema)}${db.createKey(item, table)}`;

/** dynalite writes the index entries one by one before the item. A process that is killed in between would leave wrong entries. */
function writeAtOnce(): void {
  db.updateIndexes = (store, table, before, after, callback) => {
    const wrong = after ? emptyIndexKey(table, after) : undefined;
    if (wrong !== undefined) return callback(db.validationError(wrong));
    const changes = (table.GlobalSecondaryIndexes ?? []).flatMap((index) => {
      const prefix = indexPrefix(table.TableName, index.IndexName);
      const [old, next] = [before, after].map((item) => entryOf(index, table.KeySchema, item));
      const keyOf = (entry: Item): string => `${prefix}${indexKeyOf(entry, table, index.KeySchema)}`;
      const removed = old === undefined ? [] : [{ type: 'del', key: keyOf(old) } as const];
      return next === undefined
        ? removed
        : [...removed, { type: 'put', key: keyOf(next), value: next } as const];
    });
    const item = after ?? before;
    if (item === undefined) return callback();
    const key = `${itemPrefix(table.TableName)}${db.createKey(item, table)}`;
    store.db.batch([...changes, after ? { type: 'put', key, value: after } : { type: 'del', key }], callback);
  };
}

/** dynalite accepts an empty string as a key of an index. */
function emptyIndexKey({ GlobalSecondaryIndexes = [] }: Table, item: Item): string | undefined {
  for (const { IndexName, KeySchema } of GlobalSecondaryIndexes) {
    const empty = KeySchema.find(({ AttributeName }) => item[AttributeName]?.S === '');
    if (empty !== undefined)
      return `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${IndexName}, IndexKey: ${empty.AttributeName}`;
  }
  return undefined;
}

/** dynalite counts a write for its table alone. */
function countIndexes(tables: readonly TableDefinition[]): void {
  const schemas = new Map(tables.map(({ name, schema }) => [name, schema]));
  const { addConsumedCapacity } = db;
  db.addConsumedCapacity = (input, isRead, before, after) => {
    const capacity = addConsumedCapacity(input, isRead, before, after);
    const schema = schemas.get(input.TableName);
    if (capacity === undefined || isRead || schema === undefined) return capacity;
    const indexes = indexUnits(schema, before, after);
    capacity.CapacityUnits += indexes.reduce((sum, [, units]) => sum + units, 0);
    if (input.ReturnConsumedCapacity === 'INDEXES' && indexes.length > 0)
      capacity.GlobalSecondaryIndexes = toUnits(indexes);
    return capacity;
  };
}

type IndexUnits = readonly (readonly [index: string, units: number])[];

function toUnits(indexes: IndexUnits): NonNullable<Capacity['GlobalSecondaryIndexes']> {
  return Object.fromEntries(indexes.map(([name, CapacityUnits]) => [name, { CapacityUnits }]));
}

/** dynalite counts nothing for a query or scan that reads nothing. DynamoDB counts it as a read of 4 KB. */
function countEmptyReads(): void {
  const { queryTable } = db;
  db.queryTable = (store, table, input, options, isLocal, fetches, startKeys, callback) =>
    queryTable(store, table, input, options, isLocal, fetches, startKeys, (error, result) => {
      const { ConsumedCapacity: capacity } = result ?? {};
      if (capacity?.CapacityUnits === 0) chargeLeast(input, capacity);
      callback(error, result);
    });
}

function chargeLeast({ IndexName, ConsistentRead, ReturnConsumedCapacity }: Input, capacity: Capacity): void {
  const CapacityUnits = ConsistentRead ? 1 : 0.5;
  capacity.CapacityUnits = CapacityUnits;
  if (ReturnConsumedCapacity !== 'INDEXES') return;
  if (IndexName === undefined) capacity.Table = { CapacityUnits };
  else capacity.GlobalSecondaryIndexes = toUnits([[IndexName, CapacityUnits]]);
}

/** Of a failed condition: what it consumed, which DynamoDB counts and does not state, and the item, which dynalite cannot return. */
function answerFailedConditions(): void {
  const type = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
  for (const { types } of [putItem, updateItem, deleteItem]) types.ReturnValuesOnConditionCheckFailure = type;
  const { checkConditional, addConsumedCapacity } = db;
  db.checkConditional = (input, item) => {
    const failure = checkConditional(input, item);
    if (failure == null) return failure;
    failure.body.ConsumedCapacity = addConsumedCapacity(input, false, item);
    if (input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD') failure.body.Item = item;
    return failure;
  };
}

/** level's iterators have no `return`, by which dynalite wants to close them. An open one keeps memory and old files. */
export function closeIterators({ db: level }: Store): void {
  const values = level.values.bind(level);
  level.values = (options) => {
    const iterator = values(options);
    iterator.return = () => iterator.close();
    return iterator;
  };
}

/** The keys of dynalite's database. */
export const tableKey = (table: string): string => `table~${table}`;
export const itemPrefix = (table: string): string => `item-${table}~`;
export const indexPrefix = (table: string, index: string): string => `index-global~${table}~${index}~`;
