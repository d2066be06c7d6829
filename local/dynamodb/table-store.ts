import { chmodSync, mkdirSync } from 'node:fs';
import type { TableDefinition } from '../template/tables.ts';
import { countCall, type TableCall, withCapacity } from './consumed-units.ts';
import type { TableAnswer, TableChanges } from './emulator.ts';
import { startTableThread, type TableThread } from './table-thread.ts';

/** The DynamoDB tables of a stack. */
export interface TableStore extends TableChanges {
  /**
   * Answers a request that is already authenticated.
   * @param target as in `DynamoDB_20120810.GetItem`
   * @param body JSON text
   */
  call(target: string, body: Buffer): Promise<TableAnswer>;
  /** Ends within some seconds. What was answered before is stored. */
  close(): Promise<void>;
}

export interface TableStoreOptions {
  /** The folder of the database, for one process at a time. @default in memory, where a crash of dynalite loses the items */
  readonly folder?: string;
  readonly tables: readonly TableDefinition[];
  /** Gets each call with its consumed capacity. @default capacity is not counted */
  readonly onTableCall?: (call: TableCall) => void;
}

/**
 * Opens the tables, and makes those that do not exist. A table whose keys or indexes differ is made anew: it is an index that
 * can be rebuilt. A crash of dynalite is answered with HTTP 500, and the next call starts it again.
 * @throws UnusableFile where the folder cannot be read
 */
export async function createTableStore({
  folder,
  tables,
  onTableCall,
}: TableStoreOptions): Promise<TableStore> {
  if (tables.length === 0)
    return { created: [], recreated: [], call: async () => NO_TABLE, close: async () => undefined };
  if (folder !== undefined) closeToOthers(folder);
  let isClosed = false;
  let thread = startTableThread({ folder, tables });
  const changes = await thread.opening.catch(async (error: Error) => {
    await thread.close();
    throw error;
  });

  /** Two threads must not open the folder at once. */
  async function living(): Promise<TableThread> {
    if (thread.isAlive || isClosed) return thread;
    const dead = thread;
    await dead.ended;
    if (thread === dead && !isClosed) thread = startTableThread({ folder, tables });
    return thread;
  }

  async function answer(target: string, body: Buffer): Promise<TableAnswer> {
    try {
      return await (await living()).call(target, body);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return fault(500, 'InternalServerError', `The local DynamoDB failed: ${message}`);
    }
  }

  return {
    ...changes,
    async call(target, body) {
      if (onTableCall === undefined) return answer(target, body);
      return countCall(target, body, await answer(target, withCapacity(target, body)), onTableCall);
    },
    async close() {
      isClosed = true;
      await thread.close();
    },
  };
}

/** LevelDB sets the modes of its files. */
function closeToOthers(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

function fault(status: number, code: string, message: string): TableAnswer {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message });
  return { status, body };
}

const NO_TABLE = fault(400, 'ResourceNotFoundException', 'Requested resource not found');
