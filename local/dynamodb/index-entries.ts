import { isDeepStrictEqual } from 'node:util';
import db, { type Item } from 'dynalite/db/index.js';
import type { TableSchema } from '../template/tables.ts';

type Key = readonly { readonly AttributeName: string }[];

/** The part of a global secondary index that decides its entries. */
interface Index {
  readonly IndexName: string;
  readonly KeySchema: Key;
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

/** What an index holds of an item. @returns undefined for an item without all keys of the index */
export function entryOf(index: Index, tableKey: Key, item: Item | null | undefined): Item | undefined {
  if (item == null || index.KeySchema.some(({ AttributeName }) => item[AttributeName] == null))
    return undefined;
  if (index.Projection.ProjectionType === 'ALL') return item;
  const keys = [...index.KeySchema, ...tableKey].map(({ AttributeName }) => AttributeName);
  const names = [...new Set([...keys, ...(index.Projection.NonKeyAttributes ?? [])])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * The write units of each index that a write changes: one a started kilobyte, and where the key changes those of the
 * deletion and of the new entry.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function indexUnits(
  { GlobalSecondaryIndexes = [], KeySchema }: TableSchema,
  before: Item | undefined,
  after: Item | undefined,
): readonly (readonly [index: string, units: number])[] {
  return GlobalSecondaryIndexes.flatMap((index) => {
    const [old, next] = [before, after].map((item) => entryOf(index, KeySchema, item));
    const units = changeUnits(index.KeySchema, old, next);
    return units === 0 ? [] : [[index.IndexName, units] as const];
  });
}

function changeUnits(key: Key, old: Item | undefined, next: Item | undefined): number {
  if (old === undefined || next === undefined) return writeUnits(old) + writeUnits(next);
  if (isEqual(old, next)) return 0;
  const isSameKey = key.every(({ AttributeName: name }) => isEqual(old[name], next[name]));
  if (isSameKey) return Math.max(writeUnits(old), writeUnits(next));
  return writeUnits(old) + writeUnits(next);
}

function writeUnits(entry: Item | undefined): number {
  return entry === undefined ? 0 : Math.ceil(db.itemSize(entry) / 1024);
}

/** Some of dynalite's objects have no prototype. A copy has one. */
function isEqual(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(structuredClone(one), structuredClone(other));
}
