import { createReindexCounts } from '../lambdas/io/reindex/counts.ts';
import type { LocalService } from '../local/local-service.ts';
import { shownCommand } from './command-line/npm.ts';
import { toReportLines } from './reindex-report.ts';

/**
 * Fills a table that this start has made, where there are videos: its folder was removed, or this release has other indexes. The
 * service answers meanwhile, and its list is not complete before the end.
 * @param announce gets the lines for people
 * @returns what ends it
 */
export function fillNewTable(service: LocalService, announce: (line: string) => void): AsyncDisposable {
  const { created, recreated } = service.tables;
  const isNew = created.length + recreated.length > 0 && service.videos.ids().length > 0;
  const stop = new AbortController();
  const work = isNew ? fill(service, announce, stop.signal) : Promise.resolve();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await work;
    },
  };
}

async function fill(
  service: LocalService,
  announce: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  announce('The table of videos is new. It is being filled from the stored videos …');
  const counts = createReindexCounts();
  const warn = ({ message }: Error): void => announce(message);
  try {
    // Few starts need the clients of AWS.
    const { toLocalTarget } = await import('./reindex-target.ts');
    const { reindex } = await import('../lambdas/io/reindex/reindex.ts');
    await reindex({ ...toLocalTarget(service, signal), counts, warn }, signal);
    for (const line of toReportLines(counts.report())) announce(line);
  } catch (error) {
    announce(
      `The list of videos is not complete: ${(error as Error).message} Run ${shownCommand('reindex', '--local')} later.`,
    );
  }
}
