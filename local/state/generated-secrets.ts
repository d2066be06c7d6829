import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { UnusableFile } from '../user-error.ts';
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
    return z.parse(z.record(z.string(), z.string()), JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UnusableFile(
      `${path} cannot be read. Move it away: a start then makes new secrets. Callback addresses that were signed with the old ones are refused, and their tasks are asked for by the clock.`,
      { cause: error },
    );
  }
}
