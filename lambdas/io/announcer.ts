import { setTimeout as after } from 'node:timers/promises';
import { type Announcement, announcementKey, toTurn } from '../core/announcement.ts';
import { type EndedVideo, toMeasured, toRecord } from '../core/ended-video.ts';
import { isEnded, isShown, type ToldEnd } from '../core/told-end.ts';
import { type Execution, isTaskUnknown } from '../core/video.ts';
import { toVideoEvent } from '../core/video-event.ts';
import type { VideoRecord } from '../core/video-record.ts';
import type { Bucket } from './bucket.ts';
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
  /** Has this end been announced? One read of the bucket, which can take more of them than Step Functions. */
  isAnnounced(videoId: string, stopDate: Date, now: Date): Promise<boolean>;
  /** @throws Error `BeingAnnounced` where another is at it and may yet fail, and whatever kept it from being done */
  announce(told: ToldEnd, now: () => Date, signal: AbortSignal): Promise<Announced>;
}

interface Peers {
  readonly executions: Pick<Executions, 'find' | 'tally'>;
  readonly bucket: Pick<Bucket, 'putJson' | 'readVersion' | 'putVersion'>;
  readonly record: Pick<JobRecord, 'find' | 'update'>;
  readonly events: EventBus;
  readonly measures: Measures;
  /** How long the task of a stopped execution is waited for, while its create may still be under way. */
  readonly recordWaitSeconds: number;
  /** What the record says beside the execution. */
  readonly imprint: Pick<EndedVideo, 'catalogue' | 'version' | 'nodeVersion'>;
}

interface Claim {
  readonly note: Announcement;
  /** Whether nobody has had a claim on this end before. */
  readonly isFirst: boolean;
}

export function createAnnouncer(peers: Peers): Announcer {
  const { executions, bucket, record, events, measures, recordWaitSeconds, imprint } = peers;

  async function lookFor(told: ToldEnd, signal: AbortSignal): Promise<Execution | undefined> {
    for (let looks = 1; ; looks += 1) {
      const found = await executions.find(told.name);
      if (found === undefined || isShown(told, found)) return found;
      if (looks === LOOKS)
        throw named('NotShownYet', `Step Functions does not show yet how ${told.name} ended.`);
      await after(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  /** @returns nothing where it has been announced already */
  async function claim(videoId: string, stopDate: Date, now: Date): Promise<Claim | undefined> {
    const key = announcementKey(videoId);
    const { value, version } = await bucket.readVersion(key);
    const turn = toTurn(value, stopDate, now);
    if (turn === 'done') return undefined;
    const note: Announcement = { finished_at: stopDate.toISOString(), claimed_at: now.toISOString() };
    if (turn === "another's" || !(await bucket.putVersion(key, note, version)))
      throw named('BeingAnnounced', `The end of ${videoId} is being announced by another.`);
    return { note, isFirst: turn === 'first' };
  }

  /** A step of a stopped execution may still be running, and may yet write down the task. */
  async function waitForTask(execution: Execution, signal: AbortSignal): Promise<unknown> {
    if (!isTaskUnknown(execution)) return undefined;
    const { name, startDate, stateName } = execution;
    const seconds = stateName === 'Submit task' ? recordWaitSeconds : 0;
    return record.find({ video_id: name, created_at: startDate.toISOString() }, seconds, signal);
  }

  return {
    async isAnnounced(videoId, stopDate, now) {
      const { value } = await bucket.readVersion(announcementKey(videoId));
      return toTurn(value, stopDate, now) === 'done';
    },

    async announce(told, now, signal) {
      const { name: video_id } = told;
      const found = await lookFor(told, signal);
      if (found === undefined) return { video_id, skipped: 'unknown' };
      if (!isEnded(found)) return { video_id, skipped: 'goes on' };

      const recorded = await waitForTask(found, signal);
      const tally = await executions.tally(video_id, found.stopDate);
      const toOwnRecord = (late: unknown): VideoRecord =>
        toRecord({ execution: { ...found, recorded: late }, tally, ...imprint });
      const claimed = await claim(video_id, found.stopDate, now());
      if (claimed === undefined) return { video_id, skipped: 'announced already' };

      // Before all that can fail: alarms must not be silent because the bus or the bucket is broken.
      if (claimed.isFirst) measures.emit(toMeasured(toOwnRecord(recorded)), video_id);
      const written = await record.update(video_id, (late) =>
        toOwnRecord(isTaskUnknown(found) ? late : undefined),
      );
      const ended = written ?? toOwnRecord(recorded);
      await events.put(toVideoEvent(ended));
      const done: Announcement = { ...claimed.note, announced_at: now().toISOString() };
      await bucket.putJson(announcementKey(video_id), done);
      return ended;
    },
  };
}

/** Thrown, so that the wish is repeated. */
function named(name: string, why: string): Error {
  return Object.assign(new Error(why), { name });
}
