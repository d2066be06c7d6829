import { afterAll, beforeAll, expect, test } from 'vitest';
import { SECRETS } from './harness.ts';
import type { Row } from './row.ts';
import { type MatrixRun, startMatrix } from './run.ts';
import { CALLBACK_ADDRESS, violationsOf } from './violations.ts';

/** One test for each of these rows of the fault matrix. @returns what the functions have printed by now */
export function testMatrix(rows: readonly Row[], callbacks: boolean): () => string {
  let run: MatrixRun;
  beforeAll(async () => {
    run = await startMatrix(rows, { callbacks });
  });
  afterAll(() => run[Symbol.asyncDispose]());

  test.each(rows.map((row) => [`${row.phase}: ${row.fault}`, row] as const))('%s', async (_title, row) => {
    expect(violationsOf(row, await run.observe(row), SECRETS)).toEqual([]);
  });

  test('leaves neither key, link nor the address of a callback in the log of any function', () => {
    for (const secret of SECRETS) expect(run.log()).not.toContain(secret);
    expect(run.log()).not.toMatch(CALLBACK_ADDRESS);
  });
  return () => run.log();
}
