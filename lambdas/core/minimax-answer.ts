import { plain } from './plain-text.ts';

/** What became of one request to MiniMax, before anybody has judged it. */
export type Exchange =
  | {
      readonly outcome: 'answered';
      readonly httpStatus: number;
      readonly text: string;
      readonly traceId?: string;
    }
  | { readonly outcome: 'never sent'; readonly reason: string }
  | { readonly outcome: 'unanswered'; readonly reason: string; readonly traceId?: string };

/** An answer taken apart; `code` is `base_resp.status_code`, which may be missing, and `fields` is the whole body. */
export interface Answer {
  readonly httpStatus: number;
  readonly code?: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly traceId?: string;
}

/** Reads what MiniMax sent, whatever it is: most failures come as HTTP 200 with a code. */
export function toAnswer({ httpStatus, text, traceId }: Extract<Exchange, { outcome: 'answered' }>): Answer {
  const fields = toObject(parse(text));
  const base = toObject(fields.base_resp);
  const { status_code: code, status_msg: message } = base;
  return {
    httpStatus,
    fields,
    message: typeof message === 'string' ? message : '',
    ...(typeof code === 'number' ? { code } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/** Ids exceed 2^53, so one that comes as a JSON number is taken from the text, where its digits are whole. */
function parse(text: string): unknown {
  const keepDigits = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    key === 'task_id' && typeof value === 'number' ? (context?.source ?? value) : value;
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
  return `code ${code}${message === '' ? '' : ` "${plain(message)}"`}${traced(answer)}`;
}

export function traced({ traceId }: { readonly traceId?: string }): string {
  return traceId === undefined ? '' : ` (Trace-Id ${traceId})`;
}
