import { ProblemError, toProblem } from '../../core/api/problem.ts';
import type { ListedExecution } from '../aws/execution-list.ts';
import type { Executions } from '../aws/executions.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface DailyLimit {
  /** @throws ProblemError where that many executions have been started within the last 24 hours; a few at the same instant may slip through */
  requireRoom(now: Date): Promise<void>;
}

/**
 * Counts the executions themselves. The quota of a usage plan would count each GET as well, and keep a caller
 * from a video that was paid for.
 * @param most 0 for no limit
 */
export function createDailyLimit(most: number, executions: Pick<Executions, 'list'>): DailyLimit {
  async function startedSince(since: number): Promise<readonly ListedExecution[]> {
    const found: ListedExecution[] = [];
    let nextToken: string | undefined;
    do {
      // A `nextToken` of ListExecutions is valid only with the arguments that it was given for.
      const page = await executions.list({ limit: most, ...(nextToken === undefined ? {} : { nextToken }) });
      if (page === undefined) throw new Error('ListExecutions rejected its own nextToken.');
      const recent = page.executions.filter(({ startDate }) => startDate.getTime() > since);
      found.push(...recent);
      nextToken = recent.length === page.executions.length ? page.nextToken : undefined;
    } while (nextToken !== undefined && found.length < most);
    return found;
  }

  return {
    async requireRoom(now) {
      if (most === 0) return;
      const since = now.getTime() - DAY_MS;
      const started = await startedSince(since);
      const oldest = started[most - 1];
      if (oldest === undefined) return;
      const seconds = Math.ceil((oldest.startDate.getTime() - since) / 1000);
      throw new ProblemError(
        toProblem(
          'daily-limit-reached',
          `This service makes at most ${most} videos within 24 hours (its setting postsPerDay). Nothing was started. The next is possible in ${seconds} s.`,
        ),
        { 'retry-after': String(seconds) },
      );
    },
  };
}
