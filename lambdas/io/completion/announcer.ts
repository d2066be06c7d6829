import { type Ended, type ExecutionEndEvent, isEnded } from '../../core/completion/end.ts';
import type { ExecutionStats } from '../../core/completion/history-stats.ts';
import { NO_HISTORY, toForgotten } from '../../core/completion/stale-job.ts';
import { toVideoEvent } from '../../core/completion/video-event.ts';
import { type EndedVideo, toMetricValues, toRecord } from '../../core/completion/video-record.ts';
import {
  endedAfter,
  type FoundRecord,
  isHeldBy,
  type JobRecord,
  unreadable,
} from '../../core/job/job-record.ts';
import type { VideoRecord } from '../../core/job/record-schema.ts';
import { STATES } from '../../core/states.ts';
import { type Execution, keyOf } from '../../core/video/execution.ts';
import { isTaskUnknown } from '../../core/video/video.ts';
import type { EventBus } from '../aws/event-bus.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';
import type { MetricEmitter } from '../lambda/emf.ts';
import type { Leases } from './leases.ts';
import { createVisibleEnds, type VisibleEnds } from './visible-end.ts';

/** Why nothing was announced; another execution holds a `foreign` video. */
export interface Skipped {
  readonly video_id: string;
  readonly skipped: 'unknown' | 'goes on' | 'announced already' | 'foreign';
}

export type Announced = (VideoRecord & { readonly skipped?: undefined }) | Skipped;

/** Writes down how a video has ended, counts it, and puts an event on EventBridge: once for each end. */
export interface Announcer {
  /** @throws Error `LeaseHeld` while another call announces this end, `NotYetVisible`, and any error of AWS */
  announce(event: ExecutionEndEvent, now: () => Date, signal: AbortSignal): Promise<Announced>;
  /** Ends a video of which only the claim is left, and announces that. @throws as `announce` does */
  announceForgotten(record: JobRecord, modifiedAt: Date, now: () => Date): Promise<Announced>;
}

interface Dependencies {
  readonly executions: Pick<Executions, 'find' | 'tally'>;
  readonly leases: Pick<Leases, 'acquire'>;
  readonly records: Pick<JobRecords, 'find' | 'update'>;
  readonly events: EventBus;
  readonly metrics: MetricEmitter;
  /** How long to wait for the task of a stopped execution while its create may still be in progress. */
  readonly recordWaitSeconds: number;
  /** What the record says beside the execution. */
  readonly recordMetadata: Pick<EndedVideo, 'host' | 'version' | 'nodeVersion'>;
  /** Between two polls of Step Functions. @default a second */
  readonly pollMs?: number;
}

export function createAnnouncer(dependencies: Dependencies): Announcer {
  const { executions, leases, records, events, metrics, recordMetadata, pollMs } = dependencies;
  const reader = { ...dependencies, ends: createVisibleEnds(executions, pollMs) };

  const toOwnRecord = ({ ended, stats }: End, recorded: JobRecord | undefined): VideoRecord =>
    toRecord({ execution: { ...ended, recorded }, stats, ...recordMetadata });

  /** The record as if this end stood in the document already: no create can be sent once it is written. */
  const toFinalRecord = (end: End, latest: JobRecord | undefined): VideoRecord =>
    toOwnRecord(end, { ...(latest ?? keyOf(end.ended)), finished_at: end.ended.stopDate.toISOString() });

  async function underLease(
    end: End,
    now: () => Date,
    publish: () => Promise<Announced>,
  ): Promise<Announced> {
    const { name: video_id, stopDate } = end.ended;
    const lease = await leases.acquire(video_id, stopDate, now());
    if (lease === undefined) return { video_id, skipped: 'announced already' };
    // Before anything that can fail: the alarms need the numbers also where the bus or the bucket is broken.
    if (lease.isFirst) metrics.emit(toMetricValues(toOwnRecord(end, end.recorded)), video_id);
    try {
      const announced = await publish();
      await (announced.skipped === undefined ? lease.complete(now()) : lease.release());
      return announced;
    } catch (error) {
      // A lease that cannot be released expires.
      await lease.release().catch(() => undefined);
      throw error;
    }
  }

  async function publish(end: End): Promise<Announced> {
    const { ended, recorded } = end;
    const updated = await records.update(keyOf(ended), (latest) =>
      // A redrive may have ended again in the meantime.
      endedAfter(latest, ended.stopDate.getTime()) ? undefined : toFinalRecord(end, latest),
    );
    if (updated.kind === 'foreign') return { video_id: ended.name, skipped: 'foreign' };
    const record = updated.kind === 'written' ? updated.document : toOwnRecord(end, recorded);
    await events.put(toVideoEvent(record));
    return record;
  }

  async function publishForgotten(end: End): Promise<Announced> {
    const record = toOwnRecord(end, end.recorded);
    // The next sweep finds the document by its missing end, so the end is written last.
    await events.put(toVideoEvent(record));
    await records.update(keyOf(end.ended), (latest) =>
      latest?.task !== undefined || latest?.finished_at !== undefined ? undefined : toOwnRecord(end, latest),
    );
    return record;
  }

  return {
    async announce(event, now, signal) {
      const end = await findEnd(event, reader, signal);
      return 'skipped' in end ? end : underLease(end, now, () => publish(end));
    },

    announceForgotten(record, modifiedAt, now) {
      const end: End = { ended: toForgotten(record, modifiedAt), recorded: record, stats: NO_HISTORY };
      return underLease(end, now, () => publishForgotten(end));
    },
  };
}

/** An end that is to be written down and announced. */
interface End {
  readonly ended: Ended;
  readonly recorded: JobRecord | undefined;
  readonly stats: ExecutionStats;
}

interface EndReader extends Pick<Dependencies, 'records' | 'recordWaitSeconds'> {
  readonly ends: VisibleEnds;
}

async function findEnd(
  event: ExecutionEndEvent,
  reader: EndReader,
  signal: AbortSignal,
): Promise<End | Skipped> {
  const { name: video_id, redrives } = event;
  const found = await reader.ends.find(event, signal);
  if (found === undefined) return { video_id, skipped: 'unknown' };
  if (!isEnded(found) || found.redriveCount > (redrives ?? found.redriveCount))
    return { video_id, skipped: 'goes on' };
  const held = await findRecord(found, reader, signal);
  if (held.kind === 'unreadable') throw unreadable(video_id);
  const recorded = held.kind === 'record' ? held.record : undefined;
  const isOwn =
    recorded === undefined ? found.error !== 'VideoExistsAlready' : isHeldBy(recorded, keyOf(found));
  if (!isOwn) return { video_id, skipped: 'foreign' };
  return { ended: found, recorded, stats: await reader.ends.statsOf(found, signal) };
}

/** `Submit task` of a stopped execution may still be running, and may yet write down the task. */
function findRecord(
  execution: Execution,
  { records, recordWaitSeconds }: EndReader,
  signal: AbortSignal,
): Promise<FoundRecord> {
  const mayComeLate = isTaskUnknown(execution) && execution.stateName === STATES.submitTask;
  return records.find(keyOf(execution), mayComeLate ? recordWaitSeconds : 0, signal);
}
