import { isNestedTooDeep } from '../json/depth.ts';
import { wholeMembers } from '../json/partial.ts';
import { NO_REDACTION, type Redaction } from '../text/redaction.ts';
import { CODES_OF_TYPES, isErrorCode } from './codes.ts';

/** As much of an answer as has arrived. */
export interface Received {
  readonly httpStatus: number;
  readonly text: string;
  readonly traceId?: string;
  /** Where a redirect points. */
  readonly location?: string;
  /** Removes secrets that the answer repeats from every text that is shown. @default nothing */
  readonly redaction?: Redaction;
}

/** The id in the answer to a create: every kind of MiniMax's has this field, also `POST /v2/video_generation`. */
export const CREATED_ID_FIELD = 'task_id';

/** Raw outcome of one HTTP request to MiniMax. */
export type RequestOutcome =
  | ({ readonly outcome: 'answered' } & Received)
  | { readonly outcome: 'never sent'; readonly reason: string }
  /** No connection could be made, so that nothing was sent. */
  | { readonly outcome: 'unreachable'; readonly host: string; readonly reason: string }
  | {
      readonly outcome: 'unanswered';
      readonly reason: string;
      readonly traceId?: string;
      /** Absent where the answer had not begun. */
      readonly received?: Received;
    };

/** The parts of an answer; `fields` is the whole body. */
export interface MiniMaxResponse {
  readonly httpStatus: number;
  /** MiniMax's own, as in `codes.ts`. */
  readonly code?: number;
  /** Of MiniMax's other error form, as in `insufficient_balance_error`. */
  readonly errorType?: string;
  /** As it came, like `fields` and `text`; shown only through `shownOf`. */
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The fields that can be read of a body that is not whole JSON, and has no `fields`. */
  readonly brokenFields?: Readonly<Record<string, unknown>>;
  readonly traceId?: string;
  readonly location?: string;
  readonly redaction: Redaction;
}

/**
 * Reads any answer. Most failures come as HTTP 200 with a code.
 * @param idField a number in this field keeps all of its digits. @default the field in the answer to a create
 */
export function toMiniMaxResponse(received: Received, idField: string = CREATED_ID_FIELD): MiniMaxResponse {
  const { httpStatus, text, location, redaction = NO_REDACTION } = received;
  const parsed = parse(text, idField);
  const fields = toObject(parsed);
  const said = saidIn(fields);
  const traceId = received.traceId ?? requestIdOf(fields, redaction);
  return {
    httpStatus,
    fields,
    text,
    ...said,
    redaction,
    brokenFields:
      parsed === undefined ? { ...wholeMembers(text, (json) => parse(json, idField)) } : undefined,
    traceId,
    location,
  };
}

type Said = Pick<MiniMaxResponse, 'code' | 'errorType' | 'message'>;

/** The error in either of MiniMax's two forms. Where both are there, the one that is an error decides. */
function saidIn(fields: MiniMaxResponse['fields']): Said {
  const { status_code, status_msg } = toObject(fields.base_resp);
  const code = toCode(status_code);
  const base = { message: toText(status_msg), code };
  const { type, message } = toObject(fields.error);
  const other = otherForm(toText(type), toText(message));
  const isOtherForm = fields.type === 'error' ? typeof type === 'string' : other.code !== undefined;
  return isOtherForm && (code === undefined || code === 0) ? other : base;
}

/** At its end, the message names the code that decides, as in `insufficient balance (1008)`. */
const CODE_AT_END = /\((\d{4,5})\)[\s.]*$/;

/** A number in brackets that is no code of MiniMax's may be a year. Then the type decides, where it is known. */
function otherForm(errorType: string, message: string): Said {
  const inBrackets = toCode(CODE_AT_END.exec(message)?.[1]);
  const isKnown = inBrackets !== undefined && isErrorCode(inBrackets);
  const code = isKnown ? inBrackets : CODES_OF_TYPES.get(errorType);
  return { errorType, message, code };
}

/** MiniMax's code, which comes as a number or as its digits. */
export function toCode(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `request_id`: the other error form has it instead of a Trace-Id. */
function requestIdOf(
  { request_id: id }: MiniMaxResponse['fields'],
  redaction: Redaction,
): string | undefined {
  const isUsable = typeof id === 'string' && isTraceId(id) && redaction.hide(id) === id;
  return isUsable ? id : undefined;
}

/** Anything else is left out. */
export function isTraceId(text: string): boolean {
  return /^[\w.:-]{1,128}$/.test(text);
}

/**
 * Ids exceed 2^53, so a JSON number in the field `idField` is taken from the text, where its digits are whole.
 * @returns undefined for what is not JSON, or is nested too deep to be walked
 */
function parse(text: string, idField: string): unknown {
  const keepDigits = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    key === idField && typeof value === 'number' ? (context?.source ?? value) : value;
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
export function effectiveCode({ code, errorType, httpStatus, fields }: MiniMaxResponse): number | undefined {
  const isSilent = fields.base_resp === undefined && errorType === undefined;
  const isFine = httpStatus >= 200 && httpStatus <= 299 && isSilent;
  return code ?? (isFine ? 0 : undefined);
}
