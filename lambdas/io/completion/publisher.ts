import type { Ended } from '../../core/completion/end.ts';
import type { ExecutionStats } from '../../core/completion/history-stats.ts';
import { toVideoEvent } from '../../core/completion/video-event.ts';
import { type EndedVideo, toRecord } from '../../core/completion/video-record.ts';
import { endedAfter, type JobRecord } from '../../core/job/job-record.ts';
import type { VideoRecord } from '../../core/job/record-schema.ts';
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

/** Writes an end into `job.json` and puts its event on EventBridge. A webhook to the caller would be sent from here too. */
export interface Publisher {
  toRecord(end: End): VideoRecord;
  /** @returns undefined where another execution holds the video */
  publish(end: End): Promise<VideoRecord | undefined>;
  /** For a video without an execution. */
  publishForgotten(end: End): Promise<VideoRecord>;
}

interface Dependencies {
  readonly records: Pick<JobRecords, 'update'>;
  readonly events: EventBus;
  readonly recordMetadata: RecordMetadata;
}

export function createPublisher({ records, events, recordMetadata }: Dependencies): Publisher {
  const toRecordOver = ({ ended, stats }: End, recorded: JobRecord | undefined): VideoRecord =>
    toRecord({ execution: { ...ended, recorded }, stats, ...recordMetadata });

  return {
    toRecord: (end) => toRecordOver(end, end.recorded),

    async publish(end) {
      const { ended, recorded } = end;
      const updated = await records.update(keyOf(ended), (latest) =>
        // A redrive may have ended again in the meantime.
        endedAfter(latest, ended.stopDate.getTime()) ? undefined : toRecordOver(end, asFinal(ended, latest)),
      );
      if (updated.kind === 'foreign') return undefined;
      const record = updated.kind === 'written' ? updated.document : toRecordOver(end, recorded);
      await events.put(toVideoEvent(record));
      return record;
    },

    async publishForgotten(end) {
      const record = toRecordOver(end, end.recorded);
      // The next sweep finds the document by its missing end, so the end is written last.
      await events.put(toVideoEvent(record));
      await records.update(keyOf(end.ended), (latest) =>
        latest?.task !== undefined || latest?.finished_at !== undefined
          ? undefined
          : toRecordOver(end, latest),
      );
      return record;
    },
  };
}

/** The document as if this end stood in it already: no create can be sent once it is written. */
function asFinal(ended: Ended, latest: JobRecord | undefined): JobRecord {
  return { ...(latest ?? keyOf(ended)), finished_at: ended.stopDate.toISOString() };
}
