/** The little of dynalite's surface that is used here; the package brings no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** The folder of the database. @default in memory */
    readonly path?: string;
    readonly createTableMs: number;
  }

  /** The server answers the event `request` without listening. */
  export default function dynalite(options: Options): Server;
}

/** What the operations of dynalite call, as properties of this object. */
declare module 'dynalite/db/index.js' {
  /** As in `{ S: 'text' }`. */
  type Value = Readonly<Record<string, unknown>>;
  export type Item = Readonly<Record<string, Value>>;

  interface KeyElement {
    readonly AttributeName: string;
  }

  export interface Index {
    readonly IndexName: string;
    readonly KeySchema: readonly KeyElement[];
    readonly Projection: {
      readonly ProjectionType: string;
      readonly NonKeyAttributes?: readonly string[];
    };
  }

  /** As stored. */
  export interface Table {
    readonly TableName: string;
    readonly TableStatus: string;
    readonly KeySchema: readonly KeyElement[];
    readonly GlobalSecondaryIndexes?: readonly Index[];
  }

  export interface Iterator {
    close(): Promise<void>;
    return?(): Promise<void>;
  }

  export type BatchOperation =
    | { readonly type: 'put'; readonly key: string; readonly value: object }
    | { readonly type: 'del'; readonly key: string };

  /** Of the package level, with JSON values. */
  export interface Level {
    open(): Promise<void>;
    close(): Promise<void>;
    get(key: string): Promise<unknown>;
    del(key: string): Promise<void>;
    clear(range: { readonly gte: string; readonly lt: string }): Promise<void>;
    batch(operations: readonly BatchOperation[], callback: Callback): void;
    values(options: object): Iterator;
  }

  export interface Store {
    readonly db: Level;
  }

  /** An operation answers an error that has a status, and throws any other. */
  export type Callback<Result = void> = (error?: Error | null, result?: Result) => void;

  export interface Capacity {
    CapacityUnits: number;
    readonly TableName: string;
    Table?: { readonly CapacityUnits: number };
    GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>;
  }

  /** A checked request. */
  export interface Input {
    readonly TableName: string;
    readonly IndexName?: string;
    readonly ConsistentRead?: boolean;
    readonly ReturnConsumedCapacity?: string;
    readonly ReturnValuesOnConditionCheckFailure?: string;
  }

  export interface AnsweredError extends Error {
    readonly body: Record<string, unknown>;
  }

  interface Internals {
    create(options: object): Store;
    createKey(item: Item, table: Table, keySchema?: readonly KeyElement[]): string;
    createIndexKey(item: Item, table: Table, keySchema: readonly KeyElement[]): string;
    itemSize(item: Item): number;
    validationError(message: string): AnsweredError;
    checkConditional(input: Input, item: Item | undefined): AnsweredError | null | undefined;
    addConsumedCapacity(input: Input, isRead: boolean, one?: Item, other?: Item): Capacity | undefined;
    updateIndexes(
      store: Store,
      table: Table,
      before: Item | undefined,
      after: Item | null | undefined,
      callback: Callback,
    ): void;
    queryTable(
      store: Store,
      table: Table,
      input: Input,
      ...others: readonly [
        options: object,
        isLocal: boolean,
        fetches: boolean,
        startKeys: readonly string[],
        callback: Callback<{ ConsumedCapacity?: Capacity }>,
      ]
    ): void;
  }

  const internals: Internals;
  export default internals;
}

declare module 'dynalite/validations/*' {
  interface Validation {
    readonly types: Record<string, object>;
  }
  const validation: Validation;
  export default validation;
}
