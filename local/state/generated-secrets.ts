import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';

/**
 * The secrets that come with the stack, made up once and kept, as Secrets Manager does. A callback address that was signed
 * with one before a restart is right afterwards.
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
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {};
  }
}
