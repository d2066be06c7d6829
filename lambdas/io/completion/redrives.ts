import type { RedriveEvent } from '../../core/completion/trigger-event.ts';
import { withRedrive } from '../../core/job/redrive.ts';
import type { JobRecords } from '../job/job-record.ts';

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
  records: Pick<JobRecords, 'update'>,
  { key, redriven }: RedriveEvent,
): Promise<Redriven> {
  const updated = await records.update(key, (found) => found && withRedrive(found, redriven));
  return {
    video_id: key.video_id,
    redriven: redriven.redrive_count,
    isMarked: updated.kind === 'written',
  };
}
