import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FolderInUse } from '../user-error.ts';

const PID_FILE = 'process.pid';

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * The folders that this process has locked. POSIX releases all locks of a process on a file when the process closes any
 * descriptor of that file. So this process must not open a lock file twice: https://sqlite.org/lockingv3.html, section 6.
 */
const held = new Set<string>();

/**
 * Locks a folder for this process. SQLite locks its file through the operating system, which releases the lock when the
 * process ends, also by `kill -9`. So no stale lock remains.
 * @throws FolderInUse before it changes anything in the folder
 */
export function lockFolder(folder: string): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const real = realpathSync(folder);
  if (held.has(real)) throw inUse(folder);
  const path = join(folder, 'lock.sqlite');
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (Number((error as { readonly errcode?: unknown }).errcode) !== SQLITE_BUSY) throw error;
    throw inUse(folder, error);
  }
  held.add(real);
  writeFileSync(join(folder, PID_FILE), `${process.pid}\n`, { mode: 0o600 });
  return {
    [Symbol.dispose]() {
      database.close();
      held.delete(real);
    },
  };
}

function inUse(folder: string, cause?: unknown): FolderInUse {
  const pid = pidIn(folder);
  return new FolderInUse(
    `${folder} is in use by the process ${pid}. Stop that process (Ctrl-C there, or kill ${pid}), or use it. Two processes cannot share one folder.`,
    { cause },
  );
}

/**
 * Locks a folder for the executions of one service. Two services of one process over one object folder are like two
 * deployments with one bucket. So the second service gets a folder with a number behind its name.
 * @throws FolderInUse where another process has locked the folder
 */
export function lockStateFolder(wanted: string): { readonly folder: string; readonly lock: Disposable } {
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    if (!isHeldHere(folder)) return { folder, lock: lockFolder(folder) };
  }
}

function isHeldHere(folder: string): boolean {
  return existsSync(folder) && held.has(realpathSync(folder));
}

function pidIn(folder: string): string {
  try {
    return readFileSync(join(folder, PID_FILE), 'utf8').trim();
  } catch {
    return 'that is starting now';
  }
}
