import { isFinal, type JobRecord, type Redrive } from './job-record.ts';

/** Is the video over, for everybody who asks about it? An end that a redrive has followed does not count. */
export function hasEnded(record: Pick<JobRecord, 'finished_at' | 'redrives' | 'redriven'>): boolean {
  return isFinal(record) && !isFollowed(record.redriven, record.redrives);
}

/**
 * The document of a redriven execution, which says so.
 * @returns undefined where the mark is there already, or where an end of this redrive or of a later one is recorded. An execution that
 *   has succeeded cannot be redriven.
 */
export function withRedrive(record: JobRecord, redriven: Redrive): JobRecord | undefined {
  const { redrives, redriven: marked } = record;
  if (hasSucceeded(record) || !isFollowed(redriven, redrives)) return undefined;
  return isFollowed(redriven, marked?.redrive_count) ? { ...record, redriven } : undefined;
}

/**
 * The mark that a new end keeps: events arrive in any order, so the announcer and `DELETE` may write an end after the mark of the
 * redrive that followed it. A step writes its end while it runs, so each earlier mark is about its own run.
 */
export function keptRedrive(
  { redriven }: JobRecord,
  { status, redrives }: Partial<JobRecord>,
): Redrive | undefined {
  const mayBeLate = status !== undefined && status !== 'succeeded';
  return mayBeLate && isFollowed(redriven, redrives) ? redriven : undefined;
}

/** Did this redrive come after an end with so many redrives before it? */
function isFollowed(redriven: Redrive | undefined, redrives = 0): boolean {
  return redriven !== undefined && redriven.redrive_count > redrives;
}

/** `Copy video` writes its end without a status. */
function hasSucceeded({ status, video }: JobRecord): boolean {
  return status === 'succeeded' || (status === undefined && video !== undefined);
}
