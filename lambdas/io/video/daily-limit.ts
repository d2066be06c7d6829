import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ProblemError, toProblem } from '../../core/api/problem.ts';
import { STARTS_ITEM_KEY } from '../../core/table/layout.ts';
import { countStart, type StartCounts, toStartCounts } from '../../core/table/start-counts.ts';
import { type Table, TableUnavailable } from '../table/table.ts';
import { backoff, poll } from '../timing.ts';

/** For calls at one moment, of which one counts at a time. */
const COUNT = { attempts: 8, pause: backoff(15) };

export interface DailyLimit {
  /**
   * Counts one more video.
   * @throws ProblemError where the last 24 hours have no room for it, and TableUnavailable where that is unknown
   */
  requireRoom(now: Date): Promise<void>;
}

/**
 * Counts the videos of the last 24 hours in one item, under a condition, so that no calls at one moment exceed the limit. The quota of
 * a usage plan counts each GET too, and would keep a caller from a video that was paid for.
 * @param maxStarts 0 for no limit
 */
export function createDailyLimit(maxStarts: number, table: Table): DailyLimit {
  async function read(): Promise<StartCounts> {
    const { Item } = await table.call((client, options) =>
      client.send(
        new GetCommand({ TableName: table.name, Key: STARTS_ITEM_KEY, ConsistentRead: true }),
        options,
      ),
    );
    const counts = toStartCounts(Item);
    if (counts === undefined) throw new TableUnavailable('The count of started videos cannot be read.');
    return counts;
  }

  async function write(counts: StartCounts): Promise<boolean> {
    const written = await table.callIf((client, options) =>
      client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: STARTS_ITEM_KEY,
          UpdateExpression: 'SET #hours = :hours, #writes = :writes',
          ConditionExpression: 'attribute_not_exists(#writes) OR #writes < :writes',
          ExpressionAttributeNames: { '#hours': 'hours', '#writes': 'writes' },
          ExpressionAttributeValues: { ':hours': counts.hours, ':writes': counts.writes },
        }),
        options,
      ),
    );
    return written !== undefined;
  }

  async function count(now: Date): Promise<boolean> {
    const counted = countStart(await read(), now, maxStarts);
    if ('waitSeconds' in counted) throw limitReached(maxStarts, counted.waitSeconds);
    return write(counted);
  }

  return {
    async requireRoom(now) {
      if (maxStarts === 0) return;
      const isCounted = await poll(() => count(now), { ...COUNT, isEnough: (done) => done });
      if (!isCounted) throw new TableUnavailable('Too many videos were counted at one moment.');
    },
  };
}

function limitReached(maxStarts: number, waitSeconds: number): ProblemError {
  return new ProblemError(
    toProblem(
      'daily-limit-reached',
      `This service makes at most ${maxStarts} videos within 24 hours (its setting postsPerDay). Nothing was started. The next is possible in ${waitSeconds} s.`,
    ),
    { 'retry-after': String(waitSeconds) },
  );
}
