import type { Finding } from '../../core/table/mending.ts';

/** How a video was found, or that it could not be read or written. */
export type Counted = Finding | 'failed';

/** How many videos are named of each kind. */
const MAX_NAMED = 20;

export interface FindingCount {
  readonly count: number;
  /** The ids of the first ones. */
  readonly named: readonly string[];
}

/** What a `reindex` has found so far. Each video is in one of the findings. */
export type ReindexReport = Readonly<Partial<Record<Counted, FindingCount>>>;

export interface ReindexCounts {
  add(finding: Counted, videoId: string): void;
  report(): ReindexReport;
}

export function createReindexCounts(): ReindexCounts {
  const counts: Partial<Record<Counted, { count: number; readonly named: string[] }>> = {};
  return {
    add(finding, videoId) {
      counts[finding] ??= { count: 0, named: [] };
      const { named } = counts[finding];
      counts[finding].count += 1;
      if (named.length < MAX_NAMED) named.push(videoId);
    },
    report: () => structuredClone(counts),
  };
}
