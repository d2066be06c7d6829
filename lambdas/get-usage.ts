import { createUsageCounter } from './core/table/usage.ts';
import { readEnvironment, toListRules } from './io/environment.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';
import { createTable } from './io/table/table.ts';
import { createVideoPages } from './io/table/video-pages.ts';
import { scopeOf } from './io/video/scope.ts';
import { requireCountable, toUsageFilter, toUsagePeriod } from './io/video/usage-request.ts';

const environment = readEnvironment('get-usage');
const rules = toListRules(environment);
const pages = createVideoPages(createTable(environment.VIDEO_TABLE));

/** `GET /usage`: how many videos the caller has started, and what they cost, by day and template. */
export const handler = apiHandler(async (event, now) => {
  const owner = scopeOf(event, rules);
  const period = toUsagePeriod(event, now);
  const usage = createUsageCounter(period, environment.MINIMAX_API_HOST);
  for await (const entries of pages.all(toUsageFilter(period, owner))) {
    for (const entry of entries) usage.add(entry);
    requireCountable(usage.videos, period);
  }
  return jsonReply(200, usage.result());
});
