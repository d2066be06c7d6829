import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { badParameter, ProblemError } from '../../core/api/problem.ts';
import type { ListFilter } from '../../core/table/list-filter.ts';
import type { UsagePeriod } from '../../core/table/usage.ts';
import { quoted } from '../../core/text/plain.ts';
import { readQuery } from './query.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;
/** Some 45 megabytes of the table, in as many calls. */
const MAX_VIDEOS = 100_000;

/** The query of `GET /usage`: the last thirty days, where nothing is given. @throws ProblemError */
export function toUsagePeriod(event: APIGatewayProxyEvent, now: Date): UsagePeriod {
  const query = readQuery(event, ['from', 'to']);
  const to = toDay('to', query.to) ?? dayOf(now.getTime());
  const from = toDay('from', query.from) ?? dayOf(Date.parse(to) - (DEFAULT_DAYS - 1) * DAY_MS);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  // Before the year 0, a day has another form.
  if (/^\d{4}-/.test(from) && days >= 1 && days <= MAX_DAYS) return { from, to };
  throw new ProblemError(
    badParameter(`from is ${from} and to is ${to}; allowed are 1 to ${MAX_DAYS} days, both included.`),
  );
}

/** @throws ProblemError for more videos than one call can read in its time */
export function requireCountable(videos: number, { from, to }: UsagePeriod): void {
  if (videos <= MAX_VIDEOS) return;
  throw new ProblemError(
    badParameter(
      `There are more than ${MAX_VIDEOS} videos from ${from} to ${to}; choose a shorter period, and add up its results.`,
    ),
  );
}

/** The videos that were started in a period. */
export function toUsageFilter({ from, to }: UsagePeriod, owner: ListFilter['owner']): ListFilter {
  return {
    owner,
    createdAfter: new Date(Date.parse(from) - 1).toISOString(),
    createdBefore: new Date(Date.parse(to) + DAY_MS).toISOString(),
  };
}

function toDay(name: string, given: string | undefined): string | undefined {
  if (given === undefined || z.safeParse(z.iso.date(), given).success) return given;
  throw new ProblemError(
    badParameter(`${name} is ${quoted(given)}; allowed is a day in UTC, as in 2026-11-27.`),
  );
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
