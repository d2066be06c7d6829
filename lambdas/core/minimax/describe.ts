import { plain } from '../text/plain.ts';
import type { MiniMaxResponse } from './response.ts';

/** Describes an answer to an operator, with code and Trace-Id, and without any link. */
export function describeResponse(answer: MiniMaxResponse): string {
  const { code, errorType, message } = answer;
  const words = message === '' ? '' : ` "${shownOf(answer, message)}"`;
  if (errorType !== undefined)
    return `${shownOf(answer, errorType || 'an error')}${words}${traceSuffix(answer)}`;
  if (code === 0) return `code 0 but without the fields it promises${traceSuffix(answer)}`;
  if (code !== undefined) return `code ${code}${words}${traceSuffix(answer)}`;
  return `HTTP ${answer.httpStatus} and ${bodyInWords(answer)}${traceSuffix(answer)}`;
}

const MAX_READ_CHARACTERS = 5_000;
const MAX_BODY_CHARACTERS = 80;
const TAGS = /<(?:style|script)\b[\s\S]*?<\/(?:style|script)\s*>|<[^>]*>/gi;

/** Describes an answer that is not MiniMax's: its first words, and where a redirect points. */
function bodyInWords({ text, location, redaction }: MiniMaxResponse): string {
  const words = plain(
    redaction.hide(text.slice(0, MAX_READ_CHARACTERS)).replaceAll(TAGS, ' '),
    MAX_BODY_CHARACTERS,
  );
  const body = words === '' ? 'no words in its body' : `no word of MiniMax: "${words}"`;
  return location === undefined
    ? body
    : `a redirect to ${placeInWords(redaction.hide(location))}, with ${body}`;
}

/** Leaves out the query, which may be a secret. The result is not a link. */
function placeInWords(location: string): string {
  if (!URL.canParse(location)) return 'no URL';
  const { protocol, host, pathname } = new URL(location);
  return `${plain(host)} (${protocol.slice(0, -1)}, path ${plain(pathname, MAX_BODY_CHARACTERS)})`;
}

/** A text of an answer as it may be shown. */
export function shownOf({ redaction }: MiniMaxResponse, words: string): string {
  return plain(redaction.hide(words));
}

export function traceSuffix({ traceId }: { readonly traceId?: string }): string {
  return traceId === undefined ? '' : ` (Trace-Id ${traceId})`;
}
