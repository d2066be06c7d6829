import { isFresh } from '../../core/completion/stale-job.ts';
import type { JobRecord } from '../../core/job/job-record.ts';
import type { VideoIndex } from '../table/video-index.ts';
import { raceSignal } from '../timing.ts';

/** Few enough that their documents fit into the memory of the function. */
const MAX_RECORDS = 100;
/** So short that a slow table does not keep the sweep from announcing ends. */
const BATCH_MS = 20_000;

/**
 * Compares job documents with the table, a hundred at a time, and writes what the table lacks. After the table has failed once, the rest
 * is left to the next hour.
 */
export interface Comparison {
  /** @param ageMs since the document was last changed */
  add(record: JobRecord, ageMs: number): Promise<void>;
  /**
   * @returns how many items were missing or behind, with the documents that could not be compared. A document that was changed in the
   *   last minutes is mended too, and not counted: its own writer may be about to write
   */
  end(): Promise<number>;
}

interface Dependencies {
  readonly index: Pick<VideoIndex, 'mend'>;
  readonly warn: (error: Error) => void;
  readonly signal: AbortSignal;
}

export function createComparison({ index, warn, signal }: Dependencies): Comparison {
  const fresh: JobRecord[] = [];
  const settled: JobRecord[] = [];
  let behind = 0;
  let hasFailed = false;

  /** @returns how many items were behind */
  async function compare(waiting: JobRecord[]): Promise<number> {
    const records = waiting.splice(0);
    if (records.length === 0) return 0;
    if (hasFailed || signal.aborted) return records.length;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(BATCH_MS)]);
    return raceSignal(index.mend(records), limit).catch((error: Error) => {
      hasFailed = true;
      warn(error);
      return records.length;
    });
  }

  return {
    async add(record, ageMs) {
      const waiting = isFresh(ageMs) ? fresh : settled;
      waiting.push(record);
      if (waiting.length < MAX_RECORDS) return;
      const found = await compare(waiting);
      if (waiting === settled) behind += found;
    },
    async end() {
      await compare(fresh);
      return behind + (await compare(settled));
    },
  };
}
