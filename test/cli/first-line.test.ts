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

/** The program parses its flags with it, in some 20 ms. The CDK and the SDKs take seconds. */
const PARSER = 'commander';
/** It checks MINIMAX_API_HOST before the first line, and takes some 30 ms to load. */
const CHECKER = 'zod/mini';

test.each([
  ['template-video.ts', [PARSER]],
  ['make/make-command.ts', [PARSER]],
  ['dev.ts', [PARSER, CHECKER]],
  ['reindex.ts', [PARSER, CHECKER]],
])('%s loads no other package before it says what it does', async (file, allowed) => {
  const loaded = await loadedBy(join(CLI, file));
  expect(loaded).toContain(join(CLI, 'environment.ts'));
  const packages = [...loaded].filter((name) => !name.startsWith('/') && !name.startsWith('node:'));
  expect(packages.filter((name) => !allowed.includes(name))).toEqual([]);
});

test('the program needs nothing that only Node 24 has before a command asks for it', async () => {
  const loaded = await loadedBy(join(CLI, 'template-video.ts'));
  expect([...loaded].filter((name) => name === 'node:sqlite' || name.startsWith('aws-cdk-lib'))).toEqual([]);
});
