import type { QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { RunningTable } from '../../test/harness/table.ts';

/** What the queries since the last look have read. */
export interface Reads {
  readonly calls: number;
  /** Items that DynamoDB has read, whether it returned them or not. */
  readonly items: number;
  /** Read units that it has charged for. */
  readonly units: number;
}

/** Follows the calls of a table. @returns what one action reads */
export function followReads({ client, calls }: RunningTable): (action: () => unknown) => Promise<Reads> {
  let items = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      items += (answer.output as unknown as QueryCommandOutput).ScannedCount ?? 0;
      return answer;
    },
    { step: 'initialize', name: 'countItems' },
  );
  return async (action) => {
    const before = { calls: calls.length, items };
    await action();
    const made = calls.slice(before.calls);
    const units = made.reduce((sum, call) => sum + call.units, 0);
    return { calls: made.length, items: items - before.items, units };
  };
}
