import { withLinksAs } from '../text/links.ts';
import { BAD_PARAMETERS } from './codes.ts';
import { describeResponse } from './describe.ts';
import { type RequestOutcome, toAnswer } from './response.ts';
import { hasTaskId } from './task-id.ts';

/** MiniMax's words for it are not documented. A link in them is left out: an image may lie at `/callback.png`. */
const ABOUT_CALLBACK = /call[ _-]?back|challenge|回调/i;
const ABOUT_LINK = /\burl\b/i;

/** A create that asks MiniMax to call. */
export interface CallingCreate {
  readonly callbackUrl: string;
  /** Whether the request has other links, of images. */
  readonly hasLinks: boolean;
}

/**
 * MiniMax's words where it refuses a create because of the `callback_url`, `undefined` where it does not: the one refusal after
 * which the same create is sent once more, without what was wrong. It is code 2013, of a task that was certainly not accepted.
 */
export function callbackRejection(exchange: RequestOutcome, create: CallingCreate): string | undefined {
  if (exchange.outcome !== 'answered') return undefined;
  const answer = toAnswer(exchange);
  const isRefused = answer.code === BAD_PARAMETERS && !hasTaskId(answer);
  return isRefused && isAboutCallback(answer.message, create) ? describeResponse(answer) : undefined;
}

/** The scheme of the address, and the last part of it, which is secret, may be left out where MiniMax repeats it. */
function isAboutCallback(message: string, { callbackUrl, hasLinks }: CallingCreate): boolean {
  const { host, pathname } = new URL(callbackUrl);
  if (message.includes(host + pathname.slice(0, pathname.lastIndexOf('/')))) return true;
  const words = withLinksAs(message, () => '');
  return ABOUT_CALLBACK.test(words) || (!hasLinks && ABOUT_LINK.test(words));
}
