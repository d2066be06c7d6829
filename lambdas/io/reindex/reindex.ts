import { videoItemKey } from '../../core/table/layout.ts';
import { type Change, type Finding, type StoredItem, toMending } from '../../core/table/mending.ts';
import type { Bucket } from '../aws/bucket.ts';
import type { Executions } from '../aws/executions.ts';
import { atOnce } from '../table/at-once.ts';
import { readVersions } from '../table/item-versions.ts';
import { createStoredItems, type StoredItems } from '../table/stored-items.ts';
import type { Table } from '../table/table.ts';
import type { ReindexCounts } from './counts.ts';
import { readTruth, type TruthSources } from './truth.ts';

/** How many videos are examined at once, so that a running service keeps its share of each service's rate. */
const CONCURRENT_VIDEOS = 10;
/** Each of them means that another writer has changed the video since it was read. A video is written a few times in its life. */
const MAX_EXAMINATIONS = 10;
/** Then the cause is a missing grant or an outage, and every further video would fail too. */
const MAX_FAILURES_IN_A_ROW = 50;

export interface ReindexDependencies extends Omit<TruthSources, 'running'> {
  readonly bucket: Pick<Bucket, 'listJobs'>;
  readonly executions: Pick<Executions, 'find' | 'running'>;
  readonly table: Table;
  /** Gets each video as soon as it is done, so that it says what was done after an error too. */
  readonly counts: ReindexCounts;
  readonly warn: (error: Error) => void;
  /** @default the clock */
  readonly now?: () => Date;
}

/**
 * Makes the table say what bucket and Step Functions say, also while videos run. It examines every video in the table. Then it
 * examines those in the bucket that the table does not have, and those that run and have no job document yet. The items of a video are
 * read before its truth. Each write is conditional on what was read, so no write of another writer is lost.
 * @param signal ends it after the videos that are being examined. It can be repeated
 * @throws TableUnavailable, Failure `StorageUnavailable`, and any error of Step Functions: what `counts` has was done
 */
export async function reindex(dependencies: ReindexDependencies, signal: AbortSignal): Promise<void> {
  const { bucket, executions, table } = dependencies;
  const listed = await executions.running();
  const running = new Map(listed.map((execution) => [execution.name, execution]));
  const items = createStoredItems(table);
  const examine = countedExamination({ ...dependencies, running, items }, signal);
  const examineAll = (videos: readonly FoundItems[]): Promise<void> =>
    atOnce(videos, examine, { limit: CONCURRENT_VIDEOS, signal });

  async function examineMissing(videoIds: readonly string[]): Promise<void> {
    const versions = await readVersions(
      table,
      videoIds.map((videoId) => videoItemKey(videoId)),
    );
    const missing = videoIds.filter((videoId) => !versions.has(videoItemKey(videoId)));
    await examineAll(missing.map((videoId) => ({ videoId, items: [] })));
  }

  try {
    for await (const videos of items.all()) {
      await examineAll(videos);
      if (signal.aborted) return;
    }
    for await (const jobs of bucket.listJobs(signal))
      await examineMissing(jobs.map(({ videoId }) => videoId));
    await examineMissing([...running.keys()]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A video, and the items of it that were read. */
interface FoundItems {
  readonly videoId: string;
  readonly items: readonly StoredItem[];
}

interface ExamineDependencies extends TruthSources, Pick<ReindexDependencies, 'counts' | 'warn' | 'now'> {
  readonly items: StoredItems;
}

/** Examines a video and counts it. @throws the error of a video, after too many failures in a row */
function countedExamination(
  dependencies: ExamineDependencies,
  signal: AbortSignal,
): (video: FoundItems) => Promise<void> {
  const { counts, warn } = dependencies;
  let failuresInARow = 0;
  return async (video) => {
    const { videoId } = video;
    try {
      counts.add(await mendVideo(video, dependencies), videoId);
      failuresInARow = 0;
    } catch (error) {
      if (signal.aborted) return;
      counts.add('failed', videoId);
      failuresInARow += 1;
      if (failuresInARow >= MAX_FAILURES_IN_A_ROW) throw error;
      const { message } = error as Error;
      warn(new Error(`The video ${videoId} could not be reindexed: ${message}`, { cause: error }));
    }
  };
}

/**
 * Examines a video again after a write that another writer has overtaken. Also after an item was replaced or removed whose version was wrong:
 * until then it hid from the table what other writers wrote.
 * @returns how the table had the video
 */
async function mendVideo(video: FoundItems, dependencies: ExamineDependencies): Promise<Finding> {
  const { items, now = () => new Date() } = dependencies;
  const { videoId } = video;
  let stored = video.items;
  let mended: Finding | undefined;
  for (let times = 1; times <= MAX_EXAMINATIONS; times += 1) {
    const truth = await readTruth(videoId, stored, dependencies);
    const { finding, changes } = toMending(truth, stored, now());
    const results = await Promise.all(changes.map(items.change));
    if (results.some((isMade) => isMade)) mended ??= finding;
    const isDone = changes.every(({ kind }, index) => isUpward(kind) && results[index] === true);
    if (isDone) return mended ?? finding;
    stored = await items.of(videoId);
  }
  throw new Error(`Other writers changed it ${MAX_EXAMINATIONS} times.`);
}

/** Does the change only ever replace a lower version? */
function isUpward(kind: Change['kind']): boolean {
  return kind === 'add' || kind === 'behind';
}
