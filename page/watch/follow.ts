import { ApiError, type Video, type VideoHistory, type Visit } from '../../client/index.ts';
import { client, messageOf } from '../service.ts';
import type { Source } from '../shared.ts';
import { createNudges } from './nudges.ts';

/** A video with its history, as far as both are known. */
export interface Watched {
  readonly video?: Video;
  readonly visits: readonly Visit[];
  readonly request?: unknown;
  /** Step Functions keeps the history no more. */
  readonly isHistoryGone: boolean;
  /** Why the video cannot be shown. */
  readonly problem?: string;
}

const NOTHING: Watched = { visits: [], isHistoryGone: false };

/** Follows a video to its end: as often as the service advises, and where the service tells of changes, at each of them. */
export function followVideo(videoId: string): Source<Watched> {
  return async (emit, signal) => {
    const history = createHistory(videoId, signal);
    using nudges = createNudges(videoId);
    let watched = NOTHING;
    const show = (news: Partial<Watched>): void => {
      watched = { ...watched, ...news };
      emit(watched);
    };

    async function update(video: Video): Promise<void> {
      show({ video, problem: undefined });
      show(await history.read());
    }

    while (!signal.aborted) {
      const nudge = nudges.next();
      let shown = Promise.resolve();
      const onProgress = (video: Video): void => {
        shown = update(video);
      };
      try {
        await client.wait(videoId, { signal: AbortSignal.any([signal, nudge]), onProgress });
        return await shown;
      } catch (error) {
        if (!signal.aborted && !nudge.aborted) return show({ problem: messageOf(error) });
      }
    }
  };
}

/** Reads the history page by page. The last page is read again each time, and the pages before it once. */
function createHistory(videoId: string, signal: AbortSignal) {
  let earlier: readonly Visit[] = [];
  let cursor: string | undefined;
  let reading: Promise<Partial<Watched>> = Promise.resolve({});

  async function readAll(): Promise<Partial<Watched>> {
    let last: VideoHistory | undefined;
    for await (const page of client.history(videoId, { cursor, signal }).pages()) {
      if (page.next_cursor !== undefined) {
        earlier = [...earlier, ...page.states];
        cursor = page.next_cursor;
      }
      last = page;
    }
    return { visits: [...earlier, ...(last?.states ?? [])], request: last?.request, isHistoryGone: false };
  }

  /** Without the history, the video is shown all the same. */
  function toNothing(error: unknown): Partial<Watched> {
    const type = error instanceof ApiError ? error.type : undefined;
    // A cursor is valid for a day.
    if (type === 'bad-request') [earlier, cursor] = [[], undefined];
    return type === 'history-not-found' ? { isHistoryGone: true } : {};
  }

  return {
    read(): Promise<Partial<Watched>> {
      reading = reading.then(readAll).catch(toNothing);
      return reading;
    },
  };
}
