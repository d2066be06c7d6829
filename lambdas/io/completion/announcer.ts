import { type ExecutionEndEvent, isAnnounced, isEnded } from '../../core/completion/end.ts';
import { NO_HISTORY, toForgotten } from '../../core/completion/stale-job.ts';
import { toMetricValues } from '../../core/completion/video-record.ts';
import { type FoundRecord, isHeldBy, type JobRecord, unreadable } from '../../core/job/job-record.ts';
import type { VideoRecord } from '../../core/job/record-schema.ts';
import { STATES } from '../../core/states.ts';
import { type Execution, keyOf } from '../../core/video/execution.ts';
import { isTaskUnknown } from '../../core/video/video.ts';
import type { EventBus } from '../aws/event-bus.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';
import type { MetricEmitter } from '../lambda/emf.ts';
import type { VideoIndex } from '../table/video-index.ts';
import type { Leases } from './leases.ts';
import { createPublisher, type End, type Published, type RecordMetadata } from './publisher.ts';
import { createVisibleEnds, type VisibleEnds } from './visible-end.ts';

/** Why nothing was announced; another execution holds a `foreign` video. */
export interface Skipped {
  readonly video_id: string;
  readonly skipped: 'unknown' | 'continues' | 'announced already' | 'foreign';
}

export type Announced = (VideoRecord & { readonly skipped?: undefined }) | Skipped;

/**
 * Writes down how a video has ended, counts it, and puts an event on EventBridge: at least once for each end. A second
 * event has one of two reasons: something fails between `PutEvents` and the `announced_at` in `job.json`, or the SDK repeats `PutEvents`
 * after a lost answer.
 */
export interface Announcer {
  /** @throws Error `LeaseHeld` while another call announces this end, `NotYetVisible`, and any error of AWS */
  announce(event: ExecutionEndEvent, now: () => Date, signal: AbortSignal): Promise<Announced>;
  /** Ends a video of which only the claim is left, and announces that. @throws as `announce` does */
  announceForgotten(record: JobRecord, modifiedAt: Date, now: () => Date): Promise<Announced>;
}

interface Dependencies {
  readonly executions: Pick<Executions, 'find' | 'stats'>;
  readonly leases: Pick<Leases, 'acquire'>;
  readonly records: Pick<JobRecords, 'find' | 'update'>;
  readonly index: Pick<VideoIndex, 'put'>;
  readonly events: EventBus;
  readonly metrics: MetricEmitter;
  /** How long to wait for the task of a stopped execution while its create may still be in progress. */
  readonly recordWaitSeconds: number;
  readonly recordMetadata: RecordMetadata;
  readonly warn: (error: Error) => void;
  /** Between two polls of Step Functions. @default a second */
  readonly pollMs?: number;
}

export function createAnnouncer(dependencies: Dependencies): Announcer {
  const { executions, leases, index, metrics, warn, pollMs } = dependencies;
  const publisher = createPublisher(dependencies);
  const reader = { ...dependencies, ends: createVisibleEnds(executions, pollMs) };

  async function underLease(end: End, now: () => Date, publish: Publish): Promise<Announced> {
    const { name: video_id, stopDate } = end.ended;
    const lease = await leases.acquire(video_id, stopDate, now());
    if (lease === undefined) return { video_id, skipped: 'announced already' };
    // Before anything that can fail: the alarms need the numbers also where the bus or the bucket is broken.
    if (lease.isFirst) metrics.emit(toMetricValues(publisher.toRecord(end)), video_id);
    try {
      const published = await publish(end, now);
      if (typeof published !== 'string') {
        await index.put(published).catch(warn);
        return published;
      }
      await lease.release();
      return { video_id, skipped: published };
    } catch (error) {
      // A lease that cannot be released expires.
      await lease.release().catch(() => undefined);
      throw error;
    }
  }

  return {
    async announce(event, now, signal) {
      const end = await findEnd(event, reader, signal);
      return 'skipped' in end ? end : underLease(end, now, publisher.publish);
    },

    announceForgotten(record, modifiedAt, now) {
      const end: End = { ended: toForgotten(record, modifiedAt), recorded: record, stats: NO_HISTORY };
      return underLease(end, now, publisher.publishForgotten);
    },
  };
}

type Publish = (end: End, now: () => Date) => Promise<Published>;

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
    return { video_id, skipped: 'continues' };
  const held = await findRecord(found, reader, signal);
  if (held.kind === 'unreadable') throw unreadable(video_id);
  const recorded = held.kind === 'record' ? held.record : undefined;
  const isOwn =
    recorded === undefined ? found.error !== 'VideoExistsAlready' : isHeldBy(recorded, keyOf(found));
  if (!isOwn) return { video_id, skipped: 'foreign' };
  if (isAnnounced(recorded, found.stopDate)) return { video_id, skipped: 'announced already' };
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
