import type { Usage, UsageSum } from '../api/response.ts';
import { shownField } from '../minimax/request-kind.ts';
import { templateOf, type VideoEntry } from './entry.ts';
import { estimatedUsd } from './listed-video.ts';

/** The days of a usage, both included, as in `2026-11-27`, in UTC. */
export interface UsagePeriod {
  readonly from: string;
  readonly to: string;
}

/** Adds up videos by day and template. */
export interface UsageCounter {
  add(entry: VideoEntry): void;
  /** How many were added. */
  readonly videos: number;
  /** Newest day first. */
  result(): Usage;
}

/** @param host MiniMax's, which has its own prices */
export function createUsageCounter({ from, to }: UsagePeriod, host: string): UsageCounter {
  const total = emptySum();
  const groups = new Map<string, Usage['groups'][number]>();

  return {
    get videos() {
      return total.videos;
    },
    add(entry) {
      const day = entry.created_at.slice(0, 10);
      const key = JSON.stringify([day, templateOf(entry) ?? null]);
      const group = groups.get(key) ?? { day, ...shownField(entry), ...emptySum() };
      groups.set(key, group);
      const usd = estimatedUsd(entry, host);
      for (const sum of [total, group]) addTo(sum, entry, usd);
    },
    result() {
      const all = [...groups].sort(([one], [other]) => (one < other ? 1 : -1));
      return { from, to, ...rounded(total), groups: all.map(([, group]) => rounded(group)) };
    },
  };
}

function emptySum(): UsageSum {
  return { videos: 0, without_price: 0, usd: { no: 0, maybe: 0, yes: 0 } };
}

function addTo(sum: UsageSum, { money_spent }: VideoEntry, usd: number | null): void {
  sum.videos += 1;
  sum.usd[money_spent] += usd ?? 0;
  if (usd === null) sum.without_price += 1;
}

/** Sums of doubles get digits that no price has. */
function rounded<Sum extends UsageSum>(sum: Sum): Sum {
  const { no, maybe, yes } = sum.usd;
  const toCents = (usd: number): number => Number(usd.toFixed(6));
  return { ...sum, usd: { no: toCents(no), maybe: toCents(maybe), yes: toCents(yes) } };
}
