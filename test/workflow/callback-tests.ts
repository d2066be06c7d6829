import { expect, test } from 'vitest';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import type { Row } from './callback-rows.ts';
import {
  copies,
  debounced,
  jobStateOf,
  MIN_CHECK_INTERVAL_SECONDS,
  make,
  NEVER_ENDING,
  pausesOf,
  running,
  setWaits,
} from './callback-service.ts';

/** One test for each row. @returns how often each type of event occurred */
export function testRows(rows: readonly Row[]): ReadonlyMap<string, number> {
  const endings = new Map<string, number>();
  test.each(rows.map((row) => [row.fault, row] as const))('%s', async (_fault, row) => {
    const execution = await executionOf(row);
    for (const { type = '' } of execution.events) endings.set(type, (endings.get(type) ?? 0) + 1);
  });
  return endings;
}

/** Makes the video of a row, and checks what has come of it. */
async function executionOf(row: Row): Promise<LocalExecution> {
  const on = row.isDebounced === true ? debounced : running;
  const before = on.simulator.creates.length;
  setWaits(row.waitsMs ?? []);
  const making = await make(row.script ?? { queries: NEVER_ENDING }, on);
  const creates = on.simulator.creates.slice(before);
  await row.meanwhile?.(making);
  const execution = await on.endOf(making.execution.name);

  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(creates.length).toBe(row.creates ?? 1);
  expect(creates.filter(({ taskId }) => taskId !== undefined)).toHaveLength(1);
  expect(copies(execution)).toBe(1);
  const { check, callbacks, ...job } = jobStateOf(execution);
  expect(check.polls).toBeLessThanOrEqual(row.maxPolls);
  expect(callbacks).toMatchObject({ active: row.active ?? true });
  if (row.received !== undefined) expect(callbacks?.received).toBe(row.received);
  if (row.note !== undefined) expect(callbacks?.note).toMatch(row.note);
  expect(job).not.toHaveProperty('callback');
  if (row.isDebounced === true)
    expect(Math.min(...pausesOf(execution))).toBeGreaterThanOrEqual(MIN_CHECK_INTERVAL_SECONDS * 1000);
  return execution;
}
