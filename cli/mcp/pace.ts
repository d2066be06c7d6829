import type { Video, VideosClient } from '../../client/index.ts';

/** MiniMax is not asked more often, so nothing new can be known before. */
const SECONDS_BETWEEN_CHECKS = 10;

export interface Look {
  readonly video: Video;
  /** Whether the service was asked for it. Otherwise it is the answer from a moment ago. */
  readonly isNew: boolean;
}

/** Looks at videos, at most once in ten seconds at each that runs, however often it is called. */
export interface Pace {
  look(videoId: string, signal?: AbortSignal): Promise<Look>;
  /** Looks until the video has ended or the time is over. @returns the last answer */
  wait(videoId: string, options: WaitOptions): Promise<Video>;
}

interface WaitOptions {
  readonly seconds: number;
  readonly signal?: AbortSignal;
  readonly onLook: (video: Video) => Promise<void>;
}

interface PaceDependencies {
  readonly client: Pick<VideosClient, 'get'>;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export function createPace({ client, now, sleep }: PaceDependencies): Pace {
  const looks = new Map<string, { readonly video: Video; readonly at: number }>();
  const pending = new Map<string, Promise<Look>>();

  function msUntilNext(videoId: string): number {
    const last = looks.get(videoId);
    if (last === undefined || last.video.finished_at !== undefined) return 0;
    return Math.max(0, last.at + SECONDS_BETWEEN_CHECKS * 1000 - now());
  }

  async function ask(videoId: string, signal?: AbortSignal): Promise<Look> {
    const video = await client.get(videoId, { signal });
    looks.set(videoId, { video, at: now() });
    return { video, isNew: true };
  }

  async function look(videoId: string, signal?: AbortSignal): Promise<Look> {
    const last = looks.get(videoId);
    if (last !== undefined && msUntilNext(videoId) > 0) return { video: last.video, isNew: false };
    const asked = pending.get(videoId);
    if (asked !== undefined) return asked;
    const asking = ask(videoId, signal).finally(() => pending.delete(videoId));
    pending.set(videoId, asking);
    return asking;
  }

  return {
    look,
    async wait(videoId, { seconds, signal, onLook }) {
      const end = now() + seconds * 1000;
      for (;;) {
        const { video, isNew } = await look(videoId, signal);
        if (isNew) await onLook(video);
        const pause = msUntilNext(videoId);
        if (video.finished_at !== undefined || now() + pause > end) return video;
        await sleep(pause, signal);
      }
    },
  };
}
