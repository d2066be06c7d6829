import { isNestedTooDeep } from './json-depth.ts';
import { wholeMembers } from './partial-json.ts';
import { plain } from './plain-text.ts';
import { NO_REDACTION, type Redaction } from './redaction.ts';

/** What has arrived of an answer, which may be all of it. */
export interface Received {
  readonly httpStatus: number;
  readonly text: string;
  readonly traceId?: string;
  /** Takes out of every text that is shown what the answer must not repeat. @default nothing */
  readonly redaction?: Redaction;
}

/** What became of one request to MiniMax, before anybody has judged it. */
export type Exchange =
  | ({ readonly outcome: 'answered' } & Received)
  | { readonly outcome: 'never sent'; readonly reason: string }
  | {
      readonly outcome: 'unanswered';
      readonly reason: string;
      readonly traceId?: string;
      /** There where the answer had begun. */
      readonly received?: Received;
    };

/** An answer taken apart; `code` is `base_resp.status_code`, which may be missing, and `fields` is the whole body. */
export interface Answer {
  readonly httpStatus: number;
  readonly code?: number;
  /** As it came, like `fields`: to be judged, and shown only through `shownOf`. */
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where the body is not whole JSON, so that there are no `fields`: what can be read of it. */
  readonly broken?: { readonly text: string; readonly fields: Readonly<Record<string, unknown>> };
  readonly traceId?: string;
  readonly redaction: Redaction;
}

/** Reads what MiniMax sent, whatever it is: most failures come as HTTP 200 with a code. */
export function toAnswer({ httpStatus, text, traceId, redaction = NO_REDACTION }: Received): Answer {
  const parsed = parse(text);
  const fields = toObject(parsed);
  const base = toObject(fields.base_resp);
  const { status_code: code, status_msg: message } = base;
  return {
    httpStatus,
    fields,
    message: typeof message === 'string' ? message : '',
    redaction,
    ...(parsed === undefined ? { broken: { text, fields: { ...wholeMembers(text, parse) } } } : {}),
    ...(typeof code === 'number' ? { code } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/**
 * Ids exceed 2^53, so one that comes as a JSON number is taken from the text, where its digits are whole.
 * @returns undefined for what is not JSON, or is nested too deep to be walked
 */
function parse(text: string): unknown {
  const keepDigits = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    key === 'task_id' && typeof value === 'number' ? (context?.source ?? value) : value;
  if (isNestedTooDeep(text)) return undefined;
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    return undefined;
  }
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The code decides where there is one, otherwise the HTTP status, of which 2xx means 0; `undefined` where neither says anything. */
export function decidingCode({ code, httpStatus, fields }: Answer): number | undefined {
  const isFine = httpStatus >= 200 && httpStatus <= 299 && fields.base_resp === undefined;
  return code ?? (isFine ? 0 : undefined);
}

/** The answer in words for an operator, with code and Trace-Id, and without any link. */
export function described(answer: Answer): string {
  const { code, httpStatus, message } = answer;
  if (code === undefined) return `HTTP ${httpStatus} and no readable base_resp${traced(answer)}`;
  if (code === 0) return `code 0 but without the fields it promises${traced(answer)}`;
  return `code ${code}${message === '' ? '' : ` "${shownOf(answer, message)}"`}${traced(answer)}`;
}

/** Words of an answer as they may be shown. */
export function shownOf({ redaction }: Answer, words: string): string {
  return plain(redaction.hide(words));
}

export function traced({ traceId }: { readonly traceId?: string }): string {
  return traceId === undefined ? '' : ` (Trace-Id ${traceId})`;
}
