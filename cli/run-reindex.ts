import { printableJson } from '../lambdas/core/text/plain.ts';
import { createReindexCounts } from '../lambdas/io/reindex/counts.ts';
import { type ReindexDependencies, reindex } from '../lambdas/io/reindex/reindex.ts';
import { INTERRUPTED } from './errors.ts';
import { printStatus } from './print-status.ts';
import { examinedIn, isUnsolved, toReportLines } from './reindex-report.ts';

/** Between two lines about the progress. */
const PROGRESS_MS = 10_000;

/** What is reindexed, and with which rules. */
export type ReindexTarget = Omit<ReindexDependencies, 'counts' | 'warn'>;

export interface ReindexOptions {
  readonly signal: AbortSignal;
  /** Whether the report is printed as JSON. */
  readonly isJson: boolean;
}

/** Reindexes, and prints what was found: also after Ctrl-C, and after an error. @returns the exit code */
export async function runReindex(target: ReindexTarget, { signal, isJson }: ReindexOptions): Promise<number> {
  const counts = createReindexCounts();
  const warn = ({ message }: Error): void => printStatus(message);
  const progress = setInterval(() => printStatus(`${examinedIn(counts.report())} videos …`), PROGRESS_MS);
  try {
    await reindex({ ...target, counts, warn }, signal);
  } finally {
    clearInterval(progress);
    if (isJson) console.log(printableJson(counts.report()));
    else for (const line of toReportLines(counts.report())) console.log(line);
  }
  if (signal.aborted) {
    printStatus('Stopped. The table is right for these videos. Repeat the command for the others.');
    return INTERRUPTED;
  }
  return isUnsolved(counts.report()) ? 1 : 0;
}
