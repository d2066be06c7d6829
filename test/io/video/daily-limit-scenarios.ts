import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import { ProblemError, toProblem } from '../../../lambdas/core/api/problem.ts';
import { STARTS_ITEM_KEY } from '../../../lambdas/core/table/layout.ts';
import { createDailyLimit } from '../../../lambdas/io/video/daily-limit.ts';
import { after } from '../../harness/running-job.ts';
import type { EmulatedTable } from '../../harness/table.ts';

const HOUR = 3600;
const LIMIT_REACHED = toProblem('daily-limit-reached', '').type;

/** What the daily limit promises, in every emulator of its table. */
export function testDailyLimit(running: () => EmulatedTable): void {
  const start = (maxStarts: number, seconds = 0): Promise<void> =>
    createDailyLimit(maxStarts, running().table).requireRoom(after(seconds));

  beforeEach(async () => {
    const { client, table } = running();
    await client.send(new DeleteCommand({ TableName: table.name, Key: STARTS_ITEM_KEY }));
  });

  test('admits exactly ten of thirty calls at one moment where the limit is ten', async () => {
    const outcomes = new Map<string, number>();
    const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const tries = Array.from({ length: 30 }, () =>
      start(10).then(
        () => count('admitted'),
        (error: Error) => count(error instanceof ProblemError ? error.problem.type : error.name),
      ),
    );
    await Promise.all(tries);
    expect(Object.fromEntries(outcomes)).toEqual({ admitted: 10, [LIMIT_REACHED]: 20 });
  });

  test('says when the next call has room: 24 hours after the hour of the first one has ended', async () => {
    await start(2, 1800);
    await start(2, HOUR);
    await expect(start(2, 2 * HOUR)).rejects.toMatchObject({
      problem: { type: LIMIT_REACHED },
      headers: { 'retry-after': String(23 * HOUR) },
    });
    await expect(start(2, 25 * HOUR - 1)).rejects.toMatchObject({ headers: { 'retry-after': '1' } });
    expect(await start(2, 25 * HOUR)).toBeUndefined();
  });
}
