import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { UnusableFile } from '../user-error.ts';
import { replaceFile } from './replace-file.ts';

/**
 * The generated secrets of the stack. They are made once and kept, so a callback URL that was signed before a restart
 * stays valid.
 */
export function generatedSecrets(folder: string, names: readonly string[]): ReadonlyMap<string, string> {
  const path = join(folder, 'secrets.json');
  const known = readJson(path);
  const missing = names.filter((name) => known[name] === undefined);
  const made = Object.fromEntries(missing.map((name) => [name, randomBytes(32).toString('hex')]));
  if (missing.length > 0) replaceFile(path, JSON.stringify({ ...known, ...made }));
  return new Map(Object.entries({ ...known, ...made }));
}

function readJson(path: string): Readonly<Record<string, string>> {
  try {
    return z.parse(z.record(z.string(), z.string()), JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UnusableFile(
      `${path} cannot be read. Move it away. The next start makes new secrets: callbacks to URLs that were signed with the old ones are rejected, and their tasks are polled.`,
      { cause: error },
    );
  }
}
