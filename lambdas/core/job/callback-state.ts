import { errorMessageOf } from '../failure.ts';
import { plain, shortened } from '../text/plain.ts';
import type { CallbackState, CaughtError, WaitedJob } from './job.ts';

/** MiniMax sends two or three callbacks for a video. After this number we assume abuse, and the video is polled. */
const MAX_CALLBACKS = 20;

/** What a wait that ended early changes. @param callback what ended it */
export function afterCallback({ received, ...callbacks }: CallbackState, callback: unknown): CallbackState {
  if (isBrokenWait(callback)) return { active: false, received, note: whyBroken(callback) };
  if (received + 1 < MAX_CALLBACKS) return { ...callbacks, received: received + 1 };
  const note = `${MAX_CALLBACKS} callbacks have come, so the video is polled.`;
  return { active: false, received: received + 1, note };
}

/**
 * Did the wait end with an error, and not with a callback? Then callbacks cannot end waits any more, for one of three reasons. The
 * function that stores the token fails. A deployment without callbacks has deleted that function. Or an old callback cannot be
 * deleted, and ends each wait as it begins.
 */
export function isBrokenWait(callback: unknown): callback is Partial<CaughtError> {
  const fields = typeof callback === 'object' && callback !== null ? callback : {};
  return Object.hasOwn(fields, 'Error') || Object.hasOwn(fields, 'Cause');
}

const MAX_NOTE_CHARACTERS = 300;

function whyBroken({ Error: name = 'an error', Cause: cause = '' }: Partial<CaughtError>): string {
  const message = shortened(plain(errorMessageOf(cause)), MAX_NOTE_CHARACTERS);
  const why = message === '' ? plain(name) : `${plain(name)}: ${message}`;
  return `Waiting for callbacks does not work (${why}), so the video is polled.`;
}

/** Milliseconds to wait before a check that a callback asks for, so that two checks are at least `minSeconds` apart. */
export function debounceMs({ callback, check }: WaitedJob, now: Date, minSeconds: number): number {
  if (callback === undefined || check === undefined) return 0;
  const sinceLast = now.getTime() - Date.parse(check.checked_at);
  return Math.min(minSeconds * 1000, Math.max(0, minSeconds * 1000 - sinceLast));
}
