import { type Ended, isAnnounced, withAnnouncement } from '../../core/completion/end.ts';
import type { ExecutionStats } from '../../core/completion/history-stats.ts';
import { toVideoEvent } from '../../core/completion/video-event.ts';
import { type EndedVideo, toRecord } from '../../core/completion/video-record.ts';
import { endedAfter, type JobRecord } from '../../core/job/job-record.ts';
import type { VideoRecord } from '../../core/job/record-schema.ts';
import { hasEnded } from '../../core/job/redrive.ts';
import { keyOf } from '../../core/video/execution.ts';
import type { EventBus } from '../aws/event-bus.ts';
import type { JobRecords } from '../job/job-record.ts';

/** An end that is to be written down and announced. */
export interface End {
  readonly ended: Ended;
  readonly recorded: JobRecord | undefined;
  readonly stats: ExecutionStats;
}

/** What a record says beside the execution. */
export type RecordMetadata = Pick<EndedVideo, 'host' | 'version' | 'nodeVersion'>;

/** The record of an end that is announced now, or why it is not: another execution holds a `foreign` video. */
export type Published = VideoRecord | 'foreign' | 'announced already';

/**
 * Writes an end into `job.json`, puts its event on EventBridge, and writes down that it did: an end with `announced_at` is never
 * announced again. A webhook to the caller would be sent from here too.
 */
export interface Publisher {
  toRecord(end: End): VideoRecord;
  publish(end: End, now: () => Date): Promise<Published>;
  /** For a video without an execution. */
  publishForgotten(end: End, now: () => Date): Promise<Published>;
}

interface Dependencies {
  readonly records: Pick<JobRecords, 'update'>;
  readonly events: EventBus;
  readonly recordMetadata: RecordMetadata;
  readonly warn: (error: Error) => void;
}

export function createPublisher({ records, events, recordMetadata, warn }: Dependencies): Publisher {
  /** Without this note the hourly sweep may announce the end once more. */
  async function noteAnnouncement({ ended }: End, record: VideoRecord, now: Date): Promise<void> {
    await records
      .update(keyOf(ended), (latest) => withAnnouncement(latest, record, now))
      .catch((cause: Error) => {
        const why = `The end of ${record.video_id} is announced, but its job document does not say so: ${cause.message}`;
        warn(new Error(why, { cause }));
      });
  }

  const toRecordOver = ({ ended, stats }: End, recorded: JobRecord | undefined): VideoRecord =>
    toRecord({ execution: { ...ended, recorded }, stats, ...recordMetadata });

  return {
    toRecord: (end) => toRecordOver(end, end.recorded),

    async publish(end, now) {
      const { ended, recorded } = end;
      let isDone = false;
      const updated = await records.update(keyOf(ended), (latest) => {
        isDone = isAnnounced(latest, ended.stopDate);
        // A redrive may have ended again in the meantime.
        const isLate = isDone || endedAfter(latest, ended.stopDate.getTime()) || isOfLaterRun(latest, ended);
        return isLate ? undefined : toRecordOver(end, asFinal(ended, latest));
      });
      if (updated.kind === 'foreign') return 'foreign';
      if (isDone) return 'announced already';
      const record = updated.kind === 'written' ? updated.document : toRecordOver(end, recorded);
      await events.put(toVideoEvent(record));
      await noteAnnouncement(end, record, now());
      return record;
    },

    async publishForgotten(end, now) {
      const record = toRecordOver(end, end.recorded);
      // The next sweep finds the document by its missing end, so the end is written last.
      await events.put(toVideoEvent(record));
      const announced_at = now().toISOString();
      await records.update(keyOf(end.ended), (latest) => {
        const isKept = latest?.task !== undefined || (latest !== undefined && hasEnded(latest));
        return isKept ? undefined : { ...toRecordOver(end, latest), announced_at };
      });
      return record;
    },
  };
}

/** Has a redrive after this end claimed the video again, or written an end? */
function isOfLaterRun({ attempt, redrives = 0 }: Partial<JobRecord> = {}, { redriveCount }: Ended): boolean {
  return Math.max(attempt?.redrive_count ?? 0, redrives) > redriveCount;
}

/** The document as if this end stood in it already: no create can be sent once it is written. */
function asFinal(ended: Ended, latest: JobRecord | undefined): JobRecord {
  return { ...(latest ?? keyOf(ended)), finished_at: ended.stopDate.toISOString() };
}
