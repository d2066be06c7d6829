import { type Announcement, announcementKey, toTurn } from '../core/announcement.ts';
import { type EndedVideo, toMeasured, toRecord } from '../core/ended-video.ts';
import { jobKey } from '../core/job-record.ts';
import { type Execution, isFinished, isTaskUnknown } from '../core/video.ts';
import { toVideoEvent } from '../core/video-event.ts';
import type { VideoRecord } from '../core/video-record.ts';
import type { Bucket } from './bucket.ts';
import type { EventBus } from './event-bus.ts';
import type { Executions } from './executions.ts';
import type { JobRecord } from './job-record.ts';
import type { Measures } from './measures.ts';

/** What has become of the wish to announce a video. */
export type Announced =
  | (VideoRecord & { readonly skipped?: undefined })
  | { readonly video_id: string; readonly skipped: 'unknown' | 'goes on' | 'announced already' };

/** Writes down how a video has ended, counts it, and tells EventBridge: once for each end. */
export interface Announcer {
  /** Has this end been announced? One read of the bucket, which can take more of them than Step Functions. */
  isAnnounced(videoId: string, stopDate: Date, now: Date): Promise<boolean>;
  /** @throws Error `BeingAnnounced` where another is at it and may yet fail, and whatever kept it from being done */
  announce(videoId: string, now: () => Date, signal: AbortSignal): Promise<Announced>;
}

interface Peers {
  readonly executions: Pick<Executions, 'find' | 'tally'>;
  readonly bucket: Pick<Bucket, 'putJson' | 'readVersion' | 'putVersion'>;
  readonly record: Pick<JobRecord, 'find'>;
  readonly events: EventBus;
  readonly measures: Measures;
  /** How long the task of a stopped execution is waited for, while its create may still be under way. */
  readonly recordWaitSeconds: number;
  /** What the record says beside the execution. */
  readonly imprint: Pick<EndedVideo, 'catalogue' | 'version' | 'nodeVersion'>;
}

export function createAnnouncer(peers: Peers): Announcer {
  const { executions, bucket, record, events, measures, recordWaitSeconds, imprint } = peers;

  /** A step of a stopped execution may still be running, and may yet write down the task. */
  async function withRecorded(execution: Execution, signal: AbortSignal): Promise<Execution> {
    if (!isTaskUnknown(execution)) return execution;
    const { name, startDate, stateName } = execution;
    const identity = { video_id: name, created_at: startDate.toISOString() };
    const seconds = stateName === 'Submit task' ? recordWaitSeconds : 0;
    return { ...execution, recorded: await record.find(identity, seconds, signal) };
  }

  return {
    async isAnnounced(videoId, stopDate, now) {
      const { value } = await bucket.readVersion(announcementKey(videoId));
      return toTurn(value, stopDate, now) === 'done';
    },

    async announce(videoId, now, signal) {
      const found = await executions.find(videoId);
      if (found === undefined) return { video_id: videoId, skipped: 'unknown' };
      const { stopDate } = found;
      if (!isFinished(found) || stopDate === undefined) return { video_id: videoId, skipped: 'goes on' };

      const key = announcementKey(videoId);
      const before = await bucket.readVersion(key);
      const turn = toTurn(before.value, stopDate, now());
      if (turn === 'done') return { video_id: videoId, skipped: 'announced already' };
      if (turn === "another's") throw beingAnnounced(videoId);

      const execution = { ...(await withRecorded(found, signal)), stopDate };
      const tally = await executions.tally(videoId, stopDate);
      const ended = toRecord({ execution, tally, ...imprint });
      const claim: Announcement = { finished_at: ended.finished_at, claimed_at: now().toISOString() };
      if (!(await bucket.putVersion(key, claim, before.version))) throw beingAnnounced(videoId);

      await bucket.putJson(jobKey(videoId), ended, signal);
      await events.put(toVideoEvent(ended));
      measures.emit(toMeasured(ended), videoId);
      await bucket.putJson(key, { ...claim, announced_at: now().toISOString() });
      return ended;
    },
  };
}

/** Thrown, so that the wish is repeated until the other has done it or its time is over. */
function beingAnnounced(videoId: string): Error {
  const why = `The end of ${videoId} is being announced by another.`;
  return Object.assign(new Error(why), { name: 'BeingAnnounced' });
}
