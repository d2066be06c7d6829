import type { CheckedJob, CopiedJob } from '../../core/job/job.ts';
import { heldByAnother, isHeldBy, isOver, unreadable } from '../../core/job/job-record.ts';
import type { JobRecords } from './job-record.ts';

/** How `Copy video` uses `job.json`: only its own execution's, before and after the copy. */
export interface CopyRecord {
  /** Writes the end, unless the execution has ended since the copy began. @throws Failure `VideoExistsAlready` or `StorageUnavailable` */
  end(copied: CopiedJob): Promise<void>;
}

interface Options {
  /** When the copy began. */
  readonly begunAt: Date;
  readonly warn: (error: Error) => undefined;
}

/**
 * An object that is no job document does not stop the copy of a paid video; the object stays unchanged, and a warning names it.
 * @throws Failure `VideoExistsAlready` or `StorageUnavailable`, before anything is copied
 */
export async function openCopyRecord(
  records: Pick<JobRecords, 'read' | 'update'>,
  job: CheckedJob,
  { begunAt, warn }: Options,
): Promise<CopyRecord> {
  const found = await records.read(job.video_id);
  if (found.kind === 'record' && !isHeldBy(found.record, job)) throw heldByAnother(found.record);
  return {
    async end(copied) {
      if (found.kind === 'unreadable') return warn(unreadable(job.video_id));
      const updated = await records.update(job, (latest) => (isOver(latest, begunAt) ? undefined : copied));
      if (updated.kind === 'foreign') throw heldByAnother(updated.record);
    },
  };
}
