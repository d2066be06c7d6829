import { printable } from '../lambdas/core/text/plain.ts';
import type { Counted, FindingCount, ReindexReport } from '../lambdas/io/reindex/counts.ts';

/** What the report says of each finding, in its order. */
const WORDS: Readonly<Record<Exclude<Counted, 'right'>, string>> = {
  missing: 'added, because the table did not have them',
  behind: 'brought up to date, because later writes had failed',
  wrong: 'replaced, because the table said something else',
  metadata: 'given right entries of their metadata',
  removed: 'removed, because neither the bucket nor Step Functions knows them',
  left: 'left alone, because they began within the hour, or have ended without a job document',
  unreadable: 'left alone, because their job.json cannot be read',
  failed: 'could not be read or written',
};

/** Of each of them a person has to know. */
const UNSOLVED = ['unreadable', 'failed'] as const;

export function toReportLines(report: ReindexReport): readonly string[] {
  const total = examinedIn(report);
  const right = report.right?.count ?? 0;
  const lines = Object.entries(WORDS).flatMap(([finding, words]) => {
    const found = report[finding as Counted];
    return found === undefined ? [] : [`${found.count} ${words}: ${namesOf(found)}`];
  });
  return [`${total} ${total === 1 ? 'video' : 'videos'} examined, ${right} right.`, ...lines];
}

export function examinedIn(report: ReindexReport): number {
  return Object.values(report).reduce((total, { count }) => total + count, 0);
}

/** Is there a video that could not be read or written? */
export function isUnsolved(report: ReindexReport): boolean {
  return UNSOLVED.some((finding) => report[finding] !== undefined);
}

function namesOf({ count, named }: FindingCount): string {
  const names = named.map((videoId) => printable(videoId)).join(', ');
  return count > named.length ? `${names}, and ${count - named.length} more` : names;
}
