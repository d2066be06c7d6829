import { Failure, type FailureName } from './failure.ts';
import { type Answer, decidingCode, described, type Exchange, toAnswer, traced } from './minimax-answer.ts';
import { plain } from './plain-text.ts';

/** A task that MiniMax has just accepted. */
export interface CreatedTask {
  readonly taskId: string;
  readonly traceId?: string;
  /** With what MiniMax had refused to call us, before it accepted the task without. */
  readonly callbackRefusal?: string;
}

export type TaskStatus = 'running' | 'succeeded' | 'failed';

/** How a task is doing; `word` is MiniMax's own status, `videoUrl` is there exactly when it succeeded. */
export interface Task {
  readonly status: TaskStatus;
  readonly word: string;
  readonly code: number;
  readonly videoUrl?: string;
  readonly traceId?: string;
}

/** MiniMax's words for it are not documented; a create that is sent again for something else is refused again. */
const ABOUT_CALLBACK = /call[ _-]?back|challenge|\burl\b|回调/i;

/** An unknown template, inputs that do not fit, a `callback_url` that does not answer. */
const BAD_PARAMETERS = 2013;

const NAMED_CODES: Readonly<Record<number, FailureName>> = {
  1002: 'MiniMaxBusy',
  1039: 'MiniMaxBusy',
  1041: 'MiniMaxBusy',
  2045: 'MiniMaxBusy',
  1004: 'ApiKeyRejected',
  2049: 'ApiKeyRejected',
  1008: 'InsufficientBalance',
  1028: 'QuotaExhausted',
  1030: 'QuotaExhausted',
  2056: 'QuotaExhausted',
  2061: 'QuotaExhausted',
  1026: 'ContentRejected',
  1027: 'ContentRejected',
  1042: 'InvalidRequest',
  [BAD_PARAMETERS]: 'InvalidRequest',
};
const DOUBTFUL_CODES: readonly number[] = [1000, 1001, 1013, 1024, 1033];
const REFUSING_HTTP_STATUSES: readonly number[] = [400, 404, 405, 406, 411, 413, 414, 415, 422];

/** Reads the answer to a create. Whatever leaves it in doubt that a task exists is `SubmitOutcomeUnknown`. */
export function toCreatedTask(exchange: Exchange): CreatedTask {
  if (exchange.outcome === 'never sent') {
    throw new Failure('MiniMaxBusy', `The request never reached MiniMax (${exchange.reason}).`);
  }
  if (exchange.outcome === 'unanswered') {
    throw new Failure(
      'SubmitOutcomeUnknown',
      `MiniMax did not answer the create (${exchange.reason})${traced(exchange)}.`,
    );
  }
  const answer = toAnswer(exchange);
  const taskId = namesTask(answer) ? toId(answer.fields.task_id) : undefined;
  if (decidingCode(answer) === 0 && taskId !== undefined) {
    return { taskId, ...(answer.traceId === undefined ? {} : { traceId: answer.traceId }) };
  }
  const happened = `MiniMax answered the create with ${described(answer)}`;
  if (!namesTask(answer)) throw new Failure(nameAfterCreate(answer), `${happened}.`);
  const named = taskId ?? plain(JSON.stringify(answer.fields.task_id));
  throw new Failure(
    'SubmitOutcomeUnknown',
    `${happened}, yet names the task ${named}.`,
    taskId === undefined ? {} : { taskId },
  );
}

/** Reads the answer to a query. A word that nobody has documented means that the task is still running. */
export function toTask(exchange: Exchange): Task {
  if (exchange.outcome === 'never sent') {
    throw new Failure('MiniMaxUnavailable', `MiniMax could not be asked (${exchange.reason}).`);
  }
  if (exchange.outcome === 'unanswered') {
    throw new Failure(
      'MiniMaxUnavailable',
      `MiniMax did not answer the query (${exchange.reason})${traced(exchange)}.`,
    );
  }
  const answer = toAnswer(exchange);
  const given = answer.fields.status;
  const word = typeof given === 'string' ? plain(given) : undefined;
  const status = word === undefined ? undefined : toStatus(word);
  const code = decidingCode(answer) ?? Number.NaN;
  const trace = answer.traceId === undefined ? {} : { traceId: answer.traceId };

  if (word !== undefined && status === 'failed' && endsTask(code)) return { status, word, code, ...trace };
  if (code !== 0 || word === undefined || status === undefined) {
    throw new Failure(nameAfterQuery(answer), `MiniMax answered the query with ${described(answer)}.`);
  }
  if (status === 'running') return { status, word, code, ...trace };

  const videoUrl = answer.fields.video_url;
  if (typeof videoUrl !== 'string' || videoUrl === '') {
    throw new Failure(
      'MiniMaxUnavailable',
      `MiniMax says that the task succeeded but gives no video_url${traced(answer)}.`,
    );
  }
  return { status, word, code, videoUrl, ...trace };
}

function nameAfterCreate({ code, httpStatus }: Answer): FailureName {
  if (code === 0 || (code !== undefined && DOUBTFUL_CODES.includes(code))) return 'SubmitOutcomeUnknown';
  if (code !== undefined) return NAMED_CODES[code] ?? 'MiniMaxRefused';
  if (REFUSING_HTTP_STATUSES.includes(httpStatus)) return 'MiniMaxRefused';
  return nameOfHttpStatus(httpStatus) ?? 'SubmitOutcomeUnknown';
}

/** Balance and quota are the business of a create; a query that names them has told nothing about the task. */
function nameAfterQuery(answer: Answer): FailureName {
  const name = nameOf(answer);
  if (name === undefined || name === 'InsufficientBalance' || name === 'QuotaExhausted')
    return 'MiniMaxUnavailable';
  return name;
}

/** A failure that comes with a code for something else (a busy MiniMax, a wrong key) is no word about the task. */
function endsTask(code: number): boolean {
  if (Number.isNaN(code) || DOUBTFUL_CODES.includes(code)) return false;
  const name = NAMED_CODES[code];
  return name === undefined || name === 'ContentRejected';
}

/** Is this an answer about the key, which a newer key may turn? After a create that names a task, it is not that alone. */
export function refusesKey(exchange: Exchange, call: 'create' | 'query'): boolean {
  if (exchange.outcome !== 'answered') return false;
  const answer = toAnswer(exchange);
  return nameOf(answer) === 'ApiKeyRejected' && (call === 'query' || !namesTask(answer));
}

/**
 * MiniMax's words where it refuses a create because of the `callback_url`, `undefined` where it does not: the one refusal after
 * which the same create is sent once more, without what was wrong. It is code 2013, of a task that was certainly not accepted.
 */
export function callbackRefusal(exchange: Exchange): string | undefined {
  if (exchange.outcome !== 'answered') return undefined;
  const answer = toAnswer(exchange);
  const isRefused = answer.code === BAD_PARAMETERS && !namesTask(answer);
  return isRefused && ABOUT_CALLBACK.test(answer.message) ? described(answer) : undefined;
}

/** The code decides where there is one, otherwise the HTTP status. */
function nameOf({ code, httpStatus }: Answer): FailureName | undefined {
  return code === undefined ? nameOfHttpStatus(httpStatus) : NAMED_CODES[code];
}

function nameOfHttpStatus(httpStatus: number): FailureName | undefined {
  if (httpStatus === 429) return 'MiniMaxBusy';
  if (httpStatus === 401 || httpStatus === 403) return 'ApiKeyRejected';
  return undefined;
}

function toStatus(word: string): TaskStatus {
  const lower = word.toLowerCase();
  if (lower === 'success') return 'succeeded';
  if (lower === 'fail' || lower === 'failed') return 'failed';
  return 'running';
}

/** An empty or zero id is how some answers say that there is none; anything else may be one, whether we can use it or not. */
function namesTask({ fields: { task_id } }: Answer): boolean {
  return task_id !== undefined && task_id !== null && task_id !== false && !/^0*$/.test(String(task_id));
}

function toId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
