import { ApiError, type Video, type Visit } from '../../client/index.ts';
import { client, messageOf } from '../connection.ts';
import { pause } from '../pause.ts';
import type { Source } from '../tabs.ts';
import { createNudges } from './nudges.ts';

/** A video with its history, as far as both are known. */
export interface Watched {
  readonly video?: Video | undefined;
  /** The history. Undefined until it was read. */
  readonly history?: History | undefined;
  /** Why there is no history, in the words of the service. */
  readonly historyProblem?: string | undefined;
  /** Why the video cannot be shown now. */
  readonly problem?: string | undefined;
}

/** The visits of a history, and where its last page begins. */
interface History {
  readonly visits: readonly Visit[];
  readonly request: unknown;
  /** How many visits are on the pages before the last one, and the cursor of that. */
  readonly earlier: number;
  readonly cursor: string | undefined;
}

/** Between two tries where the service does not show a video that it has shown, or is not reachable. */
const AGAIN_MS = 10_000;

/** Follows a video to its end: as often as the service advises, and where the service tells of changes, at each of them. */
export function followVideo(videoId: string): Source<Watched> {
  return async (emit, signal, newest) => {
    using nudges = createNudges(videoId);
    const watch = createWatch(videoId, { emit, signal, newest });
    while (!signal.aborted) {
      const nudge = nudges.next();
      const until = AbortSignal.any([signal, nudge]);
      try {
        await client.wait(videoId, { signal: until, onProgress: watch.update });
        return await watch.whenRead();
      } catch (error) {
        if (!until.aborted && watch.isLost(error)) return;
        if (!until.aborted) await pause(AGAIN_MS, signal);
      }
    }
  };
}

interface WatchOptions {
  readonly emit: (watched: Watched) => void;
  readonly signal: AbortSignal;
  readonly newest: Watched | undefined;
}

function createWatch(videoId: string, { emit, signal, newest = {} }: WatchOptions) {
  let watched = newest;
  let reading = Promise.resolve();
  function show(news: Watched): void {
    watched = { ...watched, ...news };
    emit(watched);
  }
  return {
    /** Reads of the history come one after the other, so that an older answer never replaces a younger one. */
    update(video: Video): void {
      const isNew = hasMoved(watched, video);
      show({ video, problem: undefined });
      if (isNew)
        reading = reading.then(async () => show(await readHistory(videoId, watched.history, signal)));
    },
    whenRead: () => reading,
    /** Shows an error. @returns whether it says that there is no such video */
    isLost(error: unknown): boolean {
      show({ problem: messageOf(error) });
      return watched.video === undefined && isUnknown(error);
    },
  };
}

function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Has a video moved since its history was read? */
function hasMoved({ video: before, history }: Watched, video: Video): boolean {
  if (history === undefined || before === undefined) return true;
  const marks = ({ status, state, polls, retrying, next_check_at }: Video): string =>
    JSON.stringify([status, state, polls, retrying, next_check_at]);
  return marks(before) !== marks(video);
}

/** Reads a history on from its last page. The pages before it do not change. */
async function readHistory(
  videoId: string,
  known: History | undefined,
  signal: AbortSignal,
): Promise<Watched> {
  let visits = known?.visits.slice(0, known.earlier) ?? [];
  let { earlier, cursor, request } = known ?? { earlier: 0, cursor: undefined, request: undefined };
  try {
    for await (const page of client.history(videoId, { cursor, signal }).pages()) {
      visits = [...visits, ...page.states];
      request = page.request;
      if (page.next_cursor === undefined) break;
      earlier = visits.length;
      cursor = page.next_cursor;
    }
    return { history: { visits, request, earlier, cursor }, historyProblem: undefined };
  } catch (error) {
    if (signal.aborted) return {};
    // A cursor is valid for a day. The next change reads from the beginning.
    const isStale = error instanceof ApiError && error.type === 'bad-request';
    return { historyProblem: messageOf(error), ...(isStale ? { history: undefined } : {}) };
  }
}
