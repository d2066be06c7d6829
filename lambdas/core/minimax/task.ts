import { Failure } from '../failure.ts';
import { plain } from '../text/plain.ts';
import { nameAfterCreate, nameAfterQuery } from './classify.ts';
import { taskFailure } from './codes.ts';
import { describeResponse, shownOf, traceSuffix } from './describe.ts';
import type { Kind, TaskFields } from './kind.ts';
import {
  type Answer,
  effectiveCode,
  type Received,
  type RequestOutcome,
  toAnswer,
  toCode,
} from './response.ts';
import type { TaskStatus } from './status.ts';

/** A task that MiniMax has just accepted. */
export interface CreatedTask {
  readonly taskId: string;
  readonly traceId?: string;
  /** There where the answer broke off behind the whole id: nothing in it says that the create failed, or that it did not. */
  readonly isUnconfirmed?: true;
  /** With what MiniMax had refused to call us, before it accepted the task without. */
  readonly callbackRejection?: string;
}

/** How a task is doing; `word` is MiniMax's own status, `videoUrl` is there exactly when it succeeded. */
export interface Task {
  readonly status: TaskStatus;
  readonly word: string;
  readonly code: number;
  readonly videoUrl?: string;
  readonly traceId?: string;
}

/** A task that MiniMax is asked about. */
export interface QueriedTask {
  readonly task_id: string;
  readonly kind: Kind;
}

/** In a part of an answer. Strings within strings have backslashes before their quotes. */
const FAILING_CODE = /"status_code"\s*:\s*"?-?[0.]*[1-9]/;
/**
 * Reads the answer to a create. Whatever leaves it in doubt that a task exists is `SubmitOutcomeUnknown`. An answer that broke
 * off behind a whole id is the task's all the same: a query tells whether it exists, and costs nothing.
 */
export function toCreatedTask(exchange: RequestOutcome): CreatedTask {
  if (exchange.outcome === 'unreachable') throw unreachable(exchange);
  if (exchange.outcome === 'never sent') {
    throw new Failure('MiniMaxBusy', `The request never reached MiniMax (${exchange.reason}).`);
  }
  const received = exchange.outcome === 'answered' ? exchange : exchange.received;
  const answer = received && toAnswer(received);
  const accepted = answer && toAccepted(answer);
  if (accepted !== undefined) return accepted;
  const happened =
    exchange.outcome === 'answered'
      ? `MiniMax answered the create with ${describeResponse(toAnswer(exchange))}`
      : `MiniMax did not answer the create (${exchange.reason})${traceSuffix(exchange)}`;
  if (answer !== undefined && hasTaskId(answer)) throw namedInDoubt(happened, answer);
  const isAnswered = exchange.outcome === 'answered' && answer !== undefined;
  const isTold = isAnswered && !beginsId(answer);
  throw new Failure(isTold ? nameAfterCreate(answer) : 'SubmitOutcomeUnknown', `${happened}.`);
}

function toAccepted(answer: Answer): CreatedTask | undefined {
  const { traceId, brokenFields } = answer;
  const taskId = usableId(answer);
  if (
    taskId === undefined ||
    (brokenFields === undefined ? effectiveCode(answer) !== 0 : saysThatItFailed(answer))
  )
    return undefined;
  return {
    taskId,
    ...(traceId === undefined ? {} : { traceId }),
    ...(brokenFields === undefined ? {} : { isUnconfirmed: true }),
  };
}

function namedInDoubt(happened: string, answer: Answer): Failure {
  const taskId = usableId(answer);
  const named = taskId ?? shownOf(answer, JSON.stringify(givenId(answer)));
  return new Failure(
    'SubmitOutcomeUnknown',
    `${happened}, yet names the task ${named}.`,
    taskId === undefined ? {} : { taskId },
  );
}

/** Reads the answer to a query. A status word that is not documented means that the task is still running. */
export function toTask(exchange: RequestOutcome, { task_id, kind }: QueriedTask): Task {
  const answer = toAnswer(requireAnswer(exchange));
  const said = kind.readTask(answer.fields);
  const { taskId: echoed, status: given, videoUrl } = said;
  if (isId(echoed) && echoed !== task_id)
    throw unavailable(`answered about another task, ${shownOf(answer, JSON.stringify(echoed))}`, answer);
  const word = typeof given === 'string' ? shownOf(answer, given) : undefined;
  const status = typeof given === 'string' ? toStatus(plain(given), kind) : undefined;
  const code = toCode(said.code) ?? effectiveCode(answer) ?? Number.NaN;
  const trace = answer.traceId === undefined ? {} : { traceId: answer.traceId };

  const isTold = word !== undefined && status !== undefined && isMiniMaxs(answer, said);
  if (isTold && status === 'failed' && taskFailure(code) !== undefined)
    return { status, word, code, ...trace };
  if (code !== 0 || !isTold || status === 'failed') {
    throw new Failure(nameAfterQuery(answer), `MiniMax answered the query with ${describeResponse(answer)}.`);
  }
  if (status === 'running') return { status, word, code, ...trace };

  if (typeof videoUrl !== 'string' || videoUrl === '')
    throw unavailable('says that the task succeeded but gives no link', answer);
  if (answer.redaction.reveals(hostPartOf(videoUrl)))
    throw unavailable('gives a link that repeats the key', answer);
  return { status, word, code, videoUrl, ...trace };
}

function requireAnswer(exchange: RequestOutcome): Received {
  switch (exchange.outcome) {
    case 'answered':
      return exchange;
    case 'unreachable':
      throw unreachable(exchange);
    case 'never sent':
      throw new Failure('MiniMaxUnavailable', `MiniMax could not be asked (${exchange.reason}).`);
    case 'unanswered':
      throw unavailable(`did not answer the query (${exchange.reason})`, exchange);
  }
}

function unreachable({ host, reason }: { readonly host: string; readonly reason: string }): Failure {
  return new Failure(
    'MiniMaxUnreachable',
    `No connection to ${host} could be made (${reason}), so nothing was sent.`,
  );
}

function unavailable(what: string, answer: { readonly traceId?: string }): Failure {
  return new Failure('MiniMaxUnavailable', `MiniMax ${what}${traceSuffix(answer)}.`);
}

/** A gateway's JSON may have a `status` too, which is not the task's. */
function isMiniMaxs({ fields }: Answer, { taskId }: TaskFields): boolean {
  return fields.base_resp !== undefined || isId(taskId);
}

/** What errors name of a link: its scheme and its host. */
function hostPartOf(link: string): string {
  return /^[^/?#]*(?:\/\/[^/?#]*)?/.exec(link)?.[0] ?? '';
}

/** Of a broken answer: a `status_code` that is not 0, of which the first digit is enough; or an HTTP status for something that went wrong. */
function saysThatItFailed({ httpStatus, text }: Answer): boolean {
  return httpStatus < 200 || httpStatus > 299 || FAILING_CODE.test(text);
}

/** Is this an answer about the key, which a newer key may turn? After a create that names a task, it is not that alone. */
export function refusesKey(exchange: RequestOutcome, call: 'create' | 'query'): boolean {
  if (exchange.outcome !== 'answered') return false;
  const answer = toAnswer(exchange);
  return (
    nameAfterQuery(answer) === 'ApiKeyRejected' &&
    (call === 'query' || !(hasTaskId(answer) || beginsId(answer)))
  );
}

function toStatus(word: string, { finalWords }: Kind): TaskStatus {
  const lower = word.toLowerCase();
  return Object.hasOwn(finalWords, lower) ? (finalWords[lower] ?? 'running') : 'running';
}

/** Also of an answer that broke off behind it. */
function givenId({ fields, brokenFields }: Answer): unknown {
  return (brokenFields ?? fields).task_id;
}

/** Does a broken answer come as far as an id, of which then not all has arrived? */
function beginsId({ brokenFields, text }: Answer): boolean {
  return brokenFields !== undefined && text.includes('"task_id"');
}

const NO_ID = /^(?:"?0*"?|\[\])$/;

/** An empty or zero id is how some answers say that there is none; anything else may be one, whether we can use it or not. */
export function hasTaskId(answer: Answer): boolean {
  return isId(givenId(answer));
}

function isId(id: unknown): boolean {
  return id !== undefined && id !== null && id !== false && !NO_ID.test(JSON.stringify(id));
}

/** The id to follow the task by, exactly as it came; never one that repeats the key, which would stand in every document. */
function usableId(answer: Answer): string | undefined {
  const id = givenId(answer);
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || !hasTaskId(answer)) return undefined;
  return answer.redaction.reveals(id) ? undefined : id;
}
