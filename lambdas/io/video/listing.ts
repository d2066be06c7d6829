import type { JobRecord } from '../../core/job/job-record.ts';
import { TableUnavailable } from '../table/table.ts';
import type { VideoIndex } from '../table/video-index.ts';
import { raceSignal } from '../timing.ts';

const LISTING_MS = 2_000;

/** @throws TableUnavailable where the table is too slow for this call, whose caller must hear of what was done */
export function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const signal = AbortSignal.timeout(ms);
  return raceSignal(work, signal).catch((cause: Error) => {
    throw signal.aborted && cause === signal.reason
      ? new TableUnavailable('The table did not answer in time.', { cause })
      : cause;
  });
}

/** Writes a video into the table for its caller, who must not see an older list. Where that fails, `AnnounceVideo` writes it later. */
export async function listAtOnce(
  index: Pick<VideoIndex, 'put'>,
  record: JobRecord,
  warn: (error: Error) => undefined,
): Promise<void> {
  await inTime(index.put(record), LISTING_MS).catch(warn);
}
