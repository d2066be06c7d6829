import type { JobRecord } from '../../core/job/job-record.ts';
import { hasEnded, withRedrive } from '../../core/job/redrive.ts';
import { type ListRules, toVideoItems, type VideoItem } from '../../core/table/entry.ts';
import { VIDEO_SORT_KEY } from '../../core/table/layout.ts';
import type { StoredItem, Truth } from '../../core/table/mending.ts';
import { versionOf } from '../../core/table/version.ts';
import { type Execution, isFinished, keyOf, requestOf } from '../../core/video/execution.ts';
import type { RunningExecution } from '../aws/execution-list.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';

export interface TruthSources {
  readonly records: Pick<JobRecords, 'read'>;
  readonly executions: Pick<Executions, 'find'>;
  readonly rules: ListRules;
  /** The executions that ran at the start, by their names. */
  readonly running: ReadonlyMap<string, RunningExecution>;
}

/**
 * What bucket and Step Functions say of a video. Step Functions is asked where there is no job document, and where the table has
 * something later than the document: an execution may have been redriven, and its document does not say so yet.
 * @param stored the items of the table, which were read before
 * @throws Failure `StorageUnavailable`, and any error of Step Functions
 */
export async function readTruth(
  videoId: string,
  stored: readonly StoredItem[],
  { records, executions, rules, running }: TruthSources,
): Promise<Truth> {
  const found = await records.read(videoId);
  if (found.kind === 'absent') return toTruth(await executions.find(videoId), rules);
  // The document of another video, which was copied to this place, says nothing of this one.
  if (found.kind === 'unreadable' || found.record.video_id !== videoId) return { kind: 'unreadable' };
  const record = asExecuted(found.record, running.get(videoId));
  const version = stored.find(({ sk }) => sk === VIDEO_SORT_KEY)?.version;
  const mayBeRedriven = hasEnded(record) && typeof version === 'string' && version > versionOf(record);
  const newest = mayBeRedriven ? asExecuted(record, await executions.find(videoId)) : record;
  return { kind: 'video', items: toVideoItems(newest, rules) };
}

/** The truth about a video without a job document. */
function toTruth(execution: Execution | undefined, rules: ListRules): Truth {
  if (execution === undefined) return { kind: 'absent' };
  if (isFinished(execution)) return { kind: 'unrecorded' };
  return { kind: 'video', items: toAcceptedItems(execution, rules) };
}

/** As `POST /videos` writes them. */
function toAcceptedItems(execution: Execution, rules: ListRules): readonly VideoItem[] {
  return toVideoItems({ ...keyOf(execution), ...requestOf(execution) }, rules);
}

/** The document of a video whose execution may have been redriven after the end in it. The event that marks it may be lost. */
function asExecuted(
  record: JobRecord,
  execution: Pick<Execution, 'startDate' | 'redriveCount'> | undefined,
): JobRecord {
  if (execution === undefined || !hasEnded(record)) return record;
  const { startDate, redriveCount } = execution;
  const isOwn = startDate.getTime() === Date.parse(record.created_at);
  const redriven = { redrive_count: redriveCount, at: startDate.toISOString() };
  return (isOwn ? withRedrive(record, redriven) : undefined) ?? record;
}
