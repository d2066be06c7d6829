import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QUICK_FAULTS } from '../harness/faulty-table.ts';
import type { Row } from './row.ts';
import { ROWS } from './rows.ts';
import { always, cancelled, eventsOf, redriven, startTableRun, type TableRun } from './table-run.ts';

const NAMES = [
  'create: none',
  'create: code 1008',
  'create: accepted, connection closed after the body',
  'adopt: none',
];
const rows: readonly Row[] = ROWS.filter(({ phase, fault }) => NAMES.includes(`${phase}: ${fault}`));

test('has each of the rows', () => {
  expect(rows).toHaveLength(NAMES.length);
});

let run: TableRun;
beforeAll(async () => {
  run = await startTableRun();
});
afterAll(() => run[Symbol.asyncDispose]());

describe.each(QUICK_FAULTS)('a table that %s', (fault) => {
  test('changes no end of a video, and one sweep mends what it lacks', async () => {
    const { running, table } = run;
    table.breakWith(always(fault));
    const faults = table.faults;
    const before = run.videoIds.length;
    for (const row of rows) expect(await run.violations(row), row.fault).toEqual([]);

    const creates = running.simulator.creates.length;
    const stopped = await cancelled(run);
    expect(await running.get(stopped)).toMatchObject({ status: 'cancelled' });
    expect(eventsOf(running, stopped)).toContain('Video Failed');
    const again = await redriven(run);
    expect(await running.get(again)).toMatchObject({ status: 'succeeded' });
    expect(new Set(eventsOf(running, again))).toEqual(new Set(['Video Failed', 'Video Ready']));
    expect(running.simulator.creates.length).toBe(creates + 2);

    expect(table.faults).toBeGreaterThan(faults + 10);
    await run.expectMended([...run.videoIds.slice(before), stopped, again]);
  });
});
