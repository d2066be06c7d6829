import { unreadable } from '../../core/job/job-record.ts';
import {
  type EndedFailureContext,
  type EndedJob,
  needsStoredTask,
} from '../../core/record-failure/outcome.ts';
import type { JobRecords } from './job-record.ts';

/** Adds the job document where it may name the task. An unreadable document does not stop the end of the execution, but is reported. */
export async function withStoredTask(
  records: Pick<JobRecords, 'read'>,
  ended: EndedJob,
  warn: (error: Error) => void,
): Promise<EndedFailureContext> {
  if (!needsStoredTask(ended)) return ended;
  try {
    const found = await records.read(ended.video_id);
    if (found.kind === 'unreadable') throw unreadable(ended.video_id);
    return found.kind === 'record' ? { ...ended, recorded: found.record } : ended;
  } catch (error) {
    warn(error as Error);
    return { ...ended, unread: (error as Error).message };
  }
}
