import { afterAll, describe, expect, test } from 'vitest';
import { QUICK_FAULTS, type TableFault } from '../harness/faulty-table.ts';
import type { Row } from './row.ts';
import { ROWS } from './rows.ts';
import { always, startTableRun, type TableRun } from './table-run.ts';

/** Half of the calls fail. */
function atRandom(): TableFault | undefined {
  const fault = QUICK_FAULTS[Math.floor(Math.random() * QUICK_FAULTS.length)];
  return Math.random() < 0.5 ? fault : undefined;
}

describe('while the table fails at random', () => {
  const runs = new Map<Row['limits'], Promise<TableRun>>();
  afterAll(async () => {
    for (const run of runs.values()) await (await run)[Symbol.asyncDispose]();
  });

  test.each(ROWS.map((row) => [`${row.phase}: ${row.fault}`, row] as const))('%s', async (_title, row) => {
    const { limits } = row;
    const starting = runs.get(limits) ?? startTableRun({ limits });
    runs.set(limits, starting);
    const run = await starting;
    run.table.breakWith(atRandom);
    expect(await run.violations(row)).toEqual([]);
  });

  test('one sweep mends the list of all rows before', async () => {
    for (const starting of runs.values()) {
      const run = await starting;
      await run.expectMended(run.videoIds);
    }
  });
});

test('a table that never answers delays the steps, and changes no end', async () => {
  await using run = await startTableRun();
  run.table.breakWith(always('never answers'));
  const slow = ROWS.filter(({ phase, fault }) => phase === 'create' && ['none', 'code 1008'].includes(fault));
  expect(slow).toHaveLength(2);
  for (const row of slow) expect(await run.violations(row), row.fault).toEqual([]);
  await run.expectMended(run.videoIds);
});
