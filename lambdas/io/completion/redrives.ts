import type { RedriveEvent } from '../../core/completion/trigger-event.ts';
import { withRedrive } from '../../core/job/redrive.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';
import type { VideoIndex } from '../table/video-index.ts';

interface Dependencies {
  readonly records: Pick<JobRecords, 'update'>;
  readonly index: Pick<VideoIndex, 'put'>;
  readonly warn: (error: Error) => void;
}

/**
 * Marks the redrives of running executions whose events were lost.
 * @returns how many were marked
 */
export async function markMissedRedrives(
  { executions, ...peers }: Dependencies & { readonly executions: Pick<Executions, 'running'> },
  now: Date,
): Promise<number> {
  const redriven = (await executions.running()).filter(({ redriveCount }) => redriveCount > 0);
  let marked = 0;
  for (const { arn, name, startDate, redriveCount } of redriven) {
    const key = { video_id: name, created_at: startDate.toISOString(), execution_arn: arn };
    const { isMarked } = await markRedriven(peers, {
      key,
      redriven: { redrive_count: redriveCount, at: now.toISOString() },
    });
    if (isMarked) marked += 1;
  }
  return marked;
}

/** What became of the event of a redrive. */
export interface Redriven {
  readonly video_id: string;
  readonly redriven: number;
  /** False where the document does not exist, is another execution's, or has a later end or mark already. */
  readonly isMarked: boolean;
}

/**
 * Marks in `job.json` that the execution was redriven, so that the recorded end does not count while it runs again.
 * @throws Failure `StorageUnavailable`
 */
export async function markRedriven(
  { records, index, warn }: Dependencies,
  { key, redriven }: RedriveEvent,
): Promise<Redriven> {
  const updated = await records.update(key, (found) => found && withRedrive(found, redriven));
  if (updated.kind === 'written') await index.put(updated.document).catch(warn);
  return {
    video_id: key.video_id,
    redriven: redriven.redrive_count,
    isMarked: updated.kind === 'written',
  };
}
