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

/** Locked, in the extended codes of SQLite too: https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * The folders that this process holds. POSIX releases all locks of a process on a file as soon as the process closes any
 * descriptor of that file, so a held lock file must not be opened again: https://sqlite.org/lockingv3.html, section 6.
 */
const held = new Set<string>();

/**
 * Keeps a folder for this process alone. The lock is one of the operating system on an SQLite file: the kernel gives it back
 * when the process ends, also by `kill -9`, so an old one never blocks.
 * @throws FolderInUse before anything in the folder was changed
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
    `${folder} is in use by the process ${pid}. Stop that one (Ctrl-C there, or kill ${pid}), or use it: two cannot share one folder.`,
    { cause },
  );
}

/**
 * The folder for the executions of one service. Two services of one process over the same objects are two deployments with one
 * bucket: each has executions of its own.
 * @throws FolderInUse where another process works in it
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
    return 'that is just starting';
  }
}
