import { ProblemError, toProblem } from '../../core/api/problem.ts';
import type { ListedExecution } from '../aws/execution-list.ts';
import type { Executions } from '../aws/executions.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface DailyLimit {
  /** @throws ProblemError where the last 24 hours have no room for another execution. Concurrent calls may exceed the limit by a few. */
  requireRoom(now: Date): Promise<void>;
}

/**
 * Counts executions. The quota of a usage plan counts each GET too, and would keep a caller from a video that was paid for.
 * @param maxStarts 0 for no limit
 */
export function createDailyLimit(maxStarts: number, executions: Pick<Executions, 'list'>): DailyLimit {
  async function startedSince(since: number): Promise<readonly ListedExecution[]> {
    const found: ListedExecution[] = [];
    let nextToken: string | undefined;
    do {
      // A `nextToken` of ListExecutions is valid only with the arguments that it was given for.
      const page = await executions.list({ limit: maxStarts, nextToken });
      if (page === undefined) throw new Error('ListExecutions rejected its own nextToken.');
      const recent = page.executions.filter(({ startDate }) => startDate.getTime() > since);
      found.push(...recent);
      nextToken = recent.length === page.executions.length ? page.nextToken : undefined;
    } while (nextToken !== undefined && found.length < maxStarts);
    return found;
  }

  return {
    async requireRoom(now) {
      if (maxStarts === 0) return;
      const since = now.getTime() - DAY_MS;
      const started = await startedSince(since);
      const oldest = started[maxStarts - 1];
      if (oldest === undefined) return;
      const seconds = Math.ceil((oldest.startDate.getTime() - since) / 1000);
      throw new ProblemError(
        toProblem(
          'daily-limit-reached',
          `This service makes at most ${maxStarts} videos within 24 hours (its setting postsPerDay). Nothing was started. The next is possible in ${seconds} s.`,
        ),
        { 'retry-after': String(seconds) },
      );
    },
  };
}
