import { afterAll, beforeAll } from 'vitest';
import { withoutTimeLimit } from './patient-table.ts';
import type { EmulatedTable } from './table.ts';

/** One table for all tests of a file or of a `describe`. No call of it is given up, because a busy machine may be slow. */
export function sharedTable<Kind extends EmulatedTable>(start: () => Promise<Kind>): () => Kind {
  let started: Kind | undefined;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  });
  return () => {
    if (started === undefined) throw new Error('A table is there while a test runs.');
    return { ...started, table: withoutTimeLimit(started) };
  };
}
