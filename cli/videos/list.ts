import type { ListedVideo, ListOptions } from '../../client/index.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import type { Interruption } from '../command.ts';
import { toWholeNumber } from '../command-line/whole-number.ts';
import { printStatus } from '../print-status.ts';
import { connect, type Service, SIMULATED_DOLLARS } from '../service/connect.ts';
import type { WhereValues } from '../service/where.ts';
import { type FilterValues, toListOptions } from './list-options.ts';
import { shownDollars, shownTime, toColumns } from './text-table.ts';

interface ListValues extends FilterValues, WhereValues {
  readonly limit: string;
  readonly all: boolean;
  readonly json: boolean;
}

/** Prints a list of videos, newest first. @returns the exit code */
export async function list(values: ListValues, { signal }: Interruption): Promise<number> {
  const limit = values.all
    ? Number.POSITIVE_INFINITY
    : toWholeNumber('--limit', values.limit, { from: 1, to: 999_999 });
  const service = await connect(values, signal);
  const { videos, hasMore } = await readVideos(service, await toListOptions(values, service), limit);
  if (values.json) console.log(printableJson(videos));
  else for (const line of toLines(videos)) console.log(line);
  if (hasMore) printStatus('There are more videos: --all shows them.');
  if (service.isSimulated()) printStatus(SIMULATED_DOLLARS);
  return 0;
}

const MAX_PAGE = 100;

/** @returns at most `limit` videos */
export async function readVideos(
  { client }: Pick<Service, 'client'>,
  options: ListOptions,
  limit: number,
): Promise<{ readonly videos: readonly ListedVideo[]; readonly hasMore: boolean }> {
  const videos: ListedVideo[] = [];
  for await (const page of client.list({ ...options, limit: Math.min(limit, MAX_PAGE) }).pages()) {
    videos.push(...page.videos);
    if (videos.length >= limit)
      return {
        videos: videos.slice(0, limit),
        hasMore: videos.length > limit || page.next_cursor !== undefined,
      };
  }
  return { videos, hasMore: false };
}

const HEAD = ['STARTED (UTC)', 'STATUS', 'VIDEO', 'TEMPLATE', 'SECONDS', 'COST', 'SPENT', 'ERROR'];

export function toLines(videos: readonly ListedVideo[]): readonly string[] {
  if (videos.length === 0) return ['There are no videos.'];
  return toColumns([HEAD, ...videos.map(toCells)]);
}

function toCells(video: ListedVideo): readonly string[] {
  const { created_at, status, video_id, template_id = '', elapsed_seconds, cost, error } = video;
  return [
    shownTime(created_at),
    status,
    video_id,
    template_id,
    String(Math.round(elapsed_seconds)),
    shownDollars(cost.estimated_usd),
    cost.money_spent,
    error?.type ?? '',
  ];
}
