import { setTimeout as after } from 'node:timers/promises';
import { type EndedVideo, toCounted, toRecord } from '../core/ended-video.ts';
import { endedAfter } from '../core/job-record.ts';
import type { Tally } from '../core/tally.ts';
import { type Ended, isEnded, isShown, type ToldEnd } from '../core/told-end.ts';
import { type Execution, isTaskUnknown } from '../core/video.ts';
import { toVideoEvent } from '../core/video-event.ts';
import type { VideoRecord } from '../core/video-record.ts';
import type { Claims } from './claims.ts';
import type { EventBus } from './event-bus.ts';
import type { Executions } from './executions.ts';
import type { JobRecord } from './job-record.ts';
import type { Measures } from './measures.ts';

/** Step Functions may tell of an end before it shows it. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 1_000;

/** What has become of the wish to announce a video. */
export type Announced =
  | (VideoRecord & { readonly skipped?: undefined })
  | { readonly video_id: string; readonly skipped: 'unknown' | 'goes on' | 'announced already' };

/** Writes down how a video has ended, counts it, and tells EventBridge: once for each end. */
export interface Announcer {
  /** @throws Error `BeingAnnounced` where another is at it and may yet fail, and whatever kept it from being done */
  announce(told: ToldEnd, now: () => Date, signal: AbortSignal): Promise<Announced>;
}

interface Peers {
  readonly executions: Pick<Executions, 'find' | 'tally'>;
  readonly claims: Pick<Claims, 'claim'>;
  readonly record: Pick<JobRecord, 'find' | 'update'>;
  readonly events: EventBus;
  readonly measures: Measures;
  /** How long the task of a stopped execution is waited for, while its create may still be under way. */
  readonly recordWaitSeconds: number;
  /** What the record says beside the execution. */
  readonly imprint: Pick<EndedVideo, 'catalogue' | 'version' | 'nodeVersion'>;
}

export function createAnnouncer(peers: Peers): Announcer {
  const { executions, claims, record, events, measures, recordWaitSeconds, imprint } = peers;

  async function find(told: ToldEnd, signal: AbortSignal): Promise<Execution | undefined> {
    const look = () => executions.find(told.name);
    return until((found) => found === undefined || isShown(told, found), look, told, signal);
  }

  async function tallyOf(ended: Ended, signal: AbortSignal): Promise<Tally> {
    const look = () => executions.tally(ended.name, ended.stopDate);
    return until(({ isWhole }) => isWhole, look, ended, signal);
  }

  /** A step of a stopped execution may still be running, and may yet write down the task. */
  async function waitForTask(execution: Execution, signal: AbortSignal): Promise<unknown> {
    if (!isTaskUnknown(execution)) return undefined;
    const { name, startDate, stateName } = execution;
    const seconds = stateName === 'Submit task' ? recordWaitSeconds : 0;
    return record.find({ video_id: name, created_at: startDate.toISOString() }, seconds, signal);
  }

  return {
    async announce(told, now, signal) {
      const { name: video_id } = told;
      const found = await find(told, signal);
      if (found === undefined) return { video_id, skipped: 'unknown' };
      if (!isEnded(found) || found.redriveCount > (told.redrives ?? found.redriveCount))
        return { video_id, skipped: 'goes on' };

      const recorded = await waitForTask(found, signal);
      const tally = await tallyOf(found, signal);
      const toOwnRecord = (late: unknown): VideoRecord =>
        toRecord({ execution: { ...found, recorded: late }, tally, ...imprint });
      const claim = await claims.claim(video_id, found.stopDate, now());
      if (claim === undefined) return { video_id, skipped: 'announced already' };

      // Before all else that can fail: alarms must not be silent because the bus or a record is broken.
      if (claim.isFirst) measures.emit(toCounted(toOwnRecord(recorded)), video_id);
      try {
        const written = await record.update(video_id, (late) =>
          // An execution that was redriven meanwhile may have ended again.
          endedAfter(late, found.stopDate.getTime()) ? undefined : toOwnRecord(late),
        );
        const ended = written ?? toOwnRecord(recorded);
        await events.put(toVideoEvent(ended));
        await claim.fulfil(now());
        return ended;
      } catch (error) {
        // Where not even that is possible, the claim ends by itself.
        await claim.giveBack().catch(() => undefined);
        throw error;
      }
    },
  };
}

/**
 * Looks again and again at what Step Functions shows of an execution.
 * @throws Error `NotShownYet` when that takes long, so that the wish is repeated
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
