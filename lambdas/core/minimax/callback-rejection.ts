import { withLinksAs } from '../text/links.ts';
import { BAD_PARAMETERS } from './codes.ts';
import { describeResponse } from './describe.ts';
import { type RequestOutcome, toMiniMaxResponse } from './response.ts';
import { hasTaskId } from './task-id.ts';

/** MiniMax does not document this message. Links in it are not searched: an image may have the path `/callback.png`. */
const ABOUT_CALLBACK = /call[ _-]?back|challenge|回调/i;
const ABOUT_LINK = /\burl\b/i;

/** A create that asks MiniMax to call. */
export interface CallingCreate {
  readonly callbackUrl: string;
  /** Whether the request has other links, of images. */
  readonly hasLinks: boolean;
}

/**
 * MiniMax's message where it rejects a create because of the `callback_url`. After this rejection alone, the create is sent once
 * more, without a `callback_url`: code 2013 says that the task was certainly not accepted.
 * @returns undefined for any other answer
 */
export function callbackRejection(requestOutcome: RequestOutcome, create: CallingCreate): string | undefined {
  if (requestOutcome.outcome !== 'answered') return undefined;
  const answer = toMiniMaxResponse(requestOutcome);
  const isRejected = answer.code === BAD_PARAMETERS && !hasTaskId(answer);
  return isRejected && isAboutCallback(answer.message, create) ? describeResponse(answer) : undefined;
}

/** MiniMax may repeat the address without its scheme, or without its last part, which is a secret. */
function isAboutCallback(message: string, { callbackUrl, hasLinks }: CallingCreate): boolean {
  const { host, pathname } = new URL(callbackUrl);
  if (message.includes(host + pathname.slice(0, pathname.lastIndexOf('/')))) return true;
  const words = withLinksAs(message, () => '');
  return ABOUT_CALLBACK.test(words) || (!hasLinks && ABOUT_LINK.test(words));
}
