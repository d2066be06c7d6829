import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '..', '..', 'cli');

/** All that a file loads before its first line runs, without what only types need. */
async function loadedBy(file: string, loaded = new Set<string>()): Promise<ReadonlySet<string>> {
  const text = await readFile(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(.+)';$/gm)) {
    const path = name.startsWith('.') ? join(dirname(file), name) : name;
    if (loaded.has(path)) continue;
    loaded.add(path);
    if (name.startsWith('.')) await loadedBy(path, loaded);
  }
  return loaded;
}

/** It checks MINIMAX_API_HOST before the first line, and takes some 30 ms to load. The CDK and the SDKs take seconds. */
const ALLOWED = ['zod/mini'];

test.each(['start.ts', 'dev.ts', 'video.ts'])(
  '%s loads no package but zod before it says what it does',
  async (file) => {
    const loaded = await loadedBy(join(CLI, file));
    expect(loaded).toContain(join(CLI, 'command.ts'));
    const packages = [...loaded].filter((name) => !name.startsWith('/') && !name.startsWith('node:'));
    expect(packages.filter((name) => !ALLOWED.includes(name))).toEqual([]);
  },
);
