import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The name of a temporary run folder, with the id of its process. */
const NAME = /^template-video-(\d+)-\w{6}$/;

/** Makes an empty run folder in a locked folder. */
export function runFolderIn(kept: string): string {
  // The CDK resolves assets from another working directory.
  const path = resolve(kept, 'run');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** Makes a temporary run folder, and removes the folders of runs that were killed. */
export function temporaryRunFolder(parent = tmpdir()): string {
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.[1];
    const path = join(parent, name);
    if (pid !== undefined && isOwnFolder(path) && !isRunning(Number(pid)))
      // Two processes may remove it at once.
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  }
  return mkdtempSync(join(parent, `template-video-${process.pid}-`));
}

/** Is there a process of any user with this id? */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** A temporary folder belongs to all users of the machine. */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}
