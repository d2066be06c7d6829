import type { Video } from '../lambdas/core/api/response.ts';
import type { Addresses } from './address.ts';
import type { Api, Checked } from './api.ts';
import { ApiError, Stopped } from './errors.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import { videoShape } from './shapes.ts';
import type { StartedVideo } from './start.ts';
import { pause, stoppedBy } from './stop.ts';

export interface WaitOptions extends CallOptions {
  /** Called with the video after each answer, also the last. */
  readonly onProgress?: ((video: Video) => void) | undefined;
  /** Ends the wait with `Stopped`, in milliseconds. The video continues. @default never */
  readonly timeoutMs?: number | undefined;
}

interface Dependencies extends Pick<ClientOptions, 'signal' | 'onRetry'> {
  readonly api: Api;
  readonly addresses: Addresses;
}

/** Step Functions may not show an execution at once after its start. */
const CHECKS_OF_NEW_VIDEO = 5;
const NEW_VIDEO_PAUSE_SECONDS = 2;

/** Where an answer does not say when to check again. */
const DEFAULT_PAUSE_SECONDS = 10;
const MAX_PAUSE_SECONDS = 3600;
/** A longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Checks a video until it has ended, as often as the service advises. A lost connection is no end: once the service has answered, or
 * has just started this video, the wait continues until it is stopped.
 * @param video by its id, or as it was started a moment ago
 * @returns the video that has ended, with or without a file
 * @throws ApiError, NoResponse, Stopped
 */
export async function waitForEnd(
  video: string | StartedVideo,
  { onProgress, signal, timeoutMs }: WaitOptions,
  dependencies: Dependencies,
): Promise<Video> {
  const { api, addresses } = dependencies;
  const isStarted = typeof video !== 'string';
  const videoId = isStarted ? video.video_id : video;
  const key = isStarted ? { idempotencyKey: video.idempotencyKey } : {};
  const subject = { ...key, videoId, isAwaited: true };
  const limit = limitAfter(timeoutMs);
  const signals = [signal, limit.signal];
  let isAnswered = isStarted;

  /** @returns undefined while Step Functions does not show a new video yet */
  async function check(checks: number): Promise<Checked<Video> | undefined> {
    const attempts = isAnswered ? Number.POSITIVE_INFINITY : undefined;
    const call = { method: 'GET', url: addresses.video(videoId) } as const;
    return api(call, videoShape(videoId), { subject, signals, attempts }).catch((error: unknown) => {
      const isUnknown = error instanceof ApiError && error.status === 404;
      if (isUnknown && checks <= CHECKS_OF_NEW_VIDEO) return undefined;
      throw error;
    });
  }

  try {
    let isShown = false;
    for (let checks = 1; ; checks += 1) {
      const checked = await check(isShown ? Number.POSITIVE_INFINITY : checks);
      isAnswered = true;
      isShown ||= checked !== undefined;
      if (checked !== undefined) onProgress?.(checked.body);
      if (checked?.body.finished_at !== undefined) return checked.body;
      if (checked === undefined) announceRetry(checks + 1);
      await pauseFor(checked);
    }
  } finally {
    limit.clear();
  }

  /** The video is not shown yet. */
  function announceRetry(attempt: number): void {
    const { host } = addresses.videos;
    const attempts = CHECKS_OF_NEW_VIDEO + 1;
    const notice = { host, reason: 'HTTP 404', attempt, attempts, pauseSeconds: NEW_VIDEO_PAUSE_SECONDS };
    dependencies.onRetry?.({ ...notice, ...key, videoId });
  }

  async function pauseFor(checked: Checked<Video> | undefined): Promise<void> {
    const all = [dependencies.signal, ...signals];
    await pause(secondsUntilCheck(checked) * 1000, all).catch(() => {
      throw new Stopped(true, { ...subject, cause: stoppedBy(all)?.reason });
    });
  }
}

function secondsUntilCheck(checked: Checked<Video> | undefined): number {
  if (checked === undefined) return NEW_VIDEO_PAUSE_SECONDS;
  const seconds = Number(checked.headers.get('retry-after') ?? DEFAULT_PAUSE_SECONDS);
  return seconds >= 0 ? Math.min(seconds, MAX_PAUSE_SECONDS) : DEFAULT_PAUSE_SECONDS;
}

interface Limit {
  readonly signal: AbortSignal | undefined;
  clear(): void;
}

/** Unlike `AbortSignal.timeout`, it keeps no timer after the wait. */
function limitAfter(timeoutMs: number | undefined): Limit {
  if (timeoutMs === undefined) return { signal: undefined, clear: () => undefined };
  const limit = new AbortController();
  const late = new DOMException(`The wait has taken ${timeoutMs} ms.`, 'TimeoutError');
  const timer = setTimeout(() => limit.abort(late), Math.min(timeoutMs, MAX_TIMER_MS));
  return { signal: limit.signal, clear: () => clearTimeout(timer) };
}
