import { setTimeout as after } from 'node:timers/promises';
import { type Ended, type ExecutionEndEvent, isEnded, isVisible } from '../../core/completion/end.ts';
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

/** Step Functions may tell of an end before it shows it. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 1_000;

/** What has become of the wish to announce a video; `foreign` is one that another execution holds. */
export type Announced =
  | (VideoRecord & { readonly skipped?: undefined })
  | { readonly video_id: string; readonly skipped: 'unknown' | 'goes on' | 'announced already' | 'foreign' };

/** Writes down how a video has ended, counts it, and tells EventBridge: once for each end. */
export interface Announcer {
  /** @throws Error `LeaseHeld` where another is at it and may yet fail, and whatever kept it from being done */
  announce(told: ExecutionEndEvent, now: () => Date, signal: AbortSignal): Promise<Announced>;
  /** Ends a video whose claim is all that is left of its execution, and announces that. @throws as `announce` does */
  announceForgotten(record: JobRecord, modifiedAt: Date, now: () => Date): Promise<Announced>;
}

interface Peers {
  readonly executions: Pick<Executions, 'find' | 'tally'>;
  readonly claims: Pick<Leases, 'claim'>;
  readonly records: Pick<JobRecords, 'find' | 'update'>;
  readonly events: EventBus;
  readonly measures: MetricEmitter;
  /** How long the task of a stopped execution is waited for, while its create may still be under way. */
  readonly recordWaitSeconds: number;
  /** What the record says beside the execution. */
  readonly recordMetadata: Pick<EndedVideo, 'host' | 'version' | 'nodeVersion'>;
}

export function createAnnouncer(peers: Peers): Announcer {
  const { executions, claims, records, events, measures, recordWaitSeconds, recordMetadata } = peers;

  async function find(told: ExecutionEndEvent, signal: AbortSignal): Promise<Execution | undefined> {
    const look = () => executions.find(told.name);
    return until((found) => found === undefined || isVisible(told, found), look, told, signal);
  }

  async function tallyOf(ended: Ended, signal: AbortSignal): Promise<ExecutionStats> {
    const look = () => executions.tally(ended.name, ended.stopDate);
    return until(({ isWhole }) => isWhole, look, ended, signal);
  }

  /** A step of a stopped execution may still be running, and may yet write down the task. */
  function findRecord(execution: Execution, signal: AbortSignal): Promise<FoundRecord> {
    const mayComeLate = isTaskUnknown(execution) && execution.stateName === STATES.submitTask;
    return records.find(keyOf(execution), mayComeLate ? recordWaitSeconds : 0, signal);
  }

  const toOwnRecord = ({ ended, tally }: End, recorded: JobRecord | undefined): VideoRecord =>
    toRecord({ execution: { ...ended, recorded }, tally, ...recordMetadata });

  /** With the end that is written in the place of this document, so that no create can be sent after it. */
  const toEndOf = (end: End, late: JobRecord | undefined): VideoRecord =>
    toOwnRecord(end, { ...(late ?? keyOf(end.ended)), finished_at: end.ended.stopDate.toISOString() });

  /** @param tell writes down the end and puts its event, in whichever order */
  async function claimed(end: End, now: () => Date, tell: () => Promise<Announced>): Promise<Announced> {
    const { name: video_id, stopDate } = end.ended;
    const claim = await claims.claim(video_id, stopDate, now());
    if (claim === undefined) return { video_id, skipped: 'announced already' };
    // Before all else that can fail: alarms must not be silent because the bus or a record is broken.
    if (claim.isFirst) measures.emit(toMetricValues(toOwnRecord(end, end.recorded)), video_id);
    try {
      const announced = await tell();
      await (announced.skipped === undefined ? claim.complete(now()) : claim.release());
      return announced;
    } catch (error) {
      // Where not even that is possible, the claim ends by itself.
      await claim.release().catch(() => undefined);
      throw error;
    }
  }

  return {
    async announce(told, now, signal) {
      const { name: video_id } = told;
      const found = await find(told, signal);
      if (found === undefined) return { video_id, skipped: 'unknown' };
      if (!isEnded(found) || found.redriveCount > (told.redrives ?? found.redriveCount))
        return { video_id, skipped: 'goes on' };
      const held = await findRecord(found, signal);
      if (held.kind === 'unreadable') throw unreadable(video_id);
      const recorded = held.kind === 'record' ? held.record : undefined;
      const isHeld =
        recorded === undefined ? found.error !== 'VideoExistsAlready' : isHeldBy(recorded, keyOf(found));
      if (!isHeld) return { video_id, skipped: 'foreign' };
      const tally = await tallyOf(found, signal);
      const end: End = { ended: found, recorded, tally };
      return claimed(end, now, async () => {
        const updated = await records.update(keyOf(found), (late) =>
          // An execution that was redriven meanwhile may have ended again.
          endedAfter(late, found.stopDate.getTime()) ? undefined : toEndOf(end, late),
        );
        if (updated.kind === 'foreign') return { video_id, skipped: 'foreign' };
        const record = updated.kind === 'written' ? updated.document : toOwnRecord(end, recorded);
        await events.put(toVideoEvent(record));
        return record;
      });
    },

    announceForgotten(record, modifiedAt, now) {
      const ended = toForgotten(record, modifiedAt);
      const end: End = { ended, recorded: record, tally: NO_HISTORY };
      return claimed(end, now, async () => {
        const own = toOwnRecord(end, record);
        // The document without an end is what the next sweep finds it by, so that it gets its end last.
        await events.put(toVideoEvent(own));
        await records.update(keyOf(ended), (late) =>
          late?.task !== undefined || late?.finished_at !== undefined ? undefined : toOwnRecord(end, late),
        );
        return own;
      });
    },
  };
}

/** An end that is to be written down and announced. */
interface End {
  readonly ended: Ended;
  readonly recorded: JobRecord | undefined;
  readonly tally: ExecutionStats;
}

/**
 * Looks again and again at what Step Functions shows of an execution.
 * @throws Error `NotYetVisible` when that takes long, so that the wish is repeated
 */
async function until<Shown>(
  isEnough: (shown: Shown) => boolean,
  look: () => Promise<Shown>,
  { name }: { readonly name: string },
  signal: AbortSignal,
): Promise<Shown> {
  for (let looks = 1; ; looks += 1) {
    const shown = await look();
    if (isEnough(shown)) return shown;
    if (looks === LOOKS) {
      const why = `Step Functions does not show yet how ${name} has ended.`;
      throw Object.assign(new Error(why), { name: 'NotShownYet' });
    }
    await after(LOOK_AGAIN_MS, undefined, { signal });
  }
}
