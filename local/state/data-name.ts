import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';

/** The name of the data in a state folder. It is made with them, and gone with them: other data in the same folder have another one. */
export function dataNameIn(folder: string): string {
  const path = join(folder, 'data-name');
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const name = randomBytes(16).toString('hex');
  replaceFile(path, name);
  return name;
}
