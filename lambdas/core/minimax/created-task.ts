import { Failure } from '../failure.ts';
import { nameAfterCreate } from './classify.ts';
import { describeResponse, shownOf, traceSuffix } from './describe.ts';
import { type Answer, effectiveCode, type RequestOutcome, toAnswer } from './response.ts';
import { beginsId, givenId, hasTaskId, usableId } from './task-id.ts';
import { unreachable } from './unreachable.ts';

/** A task that MiniMax has just accepted. */
export interface CreatedTask {
  readonly taskId: string;
  readonly traceId?: string;
  /** The answer broke off after the whole id, and no part of it says whether the create has failed. */
  readonly isUnconfirmed?: true;
  /** Why MiniMax rejected the `callback_url`, before it accepted the task without one. */
  readonly callbackRejection?: string;
}

/**
 * Reads the answer to a create. An answer that broke off after a whole id is taken for an acceptance: a query tells whether
 * the task exists, and costs nothing.
 * @throws Failure `SubmitOutcomeUnknown` for every other answer after which a task may exist
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
  const happened = describeOutcome(exchange);
  if (answer !== undefined && hasTaskId(answer)) throw namedInDoubt(happened, answer);
  const isDecided = exchange.outcome === 'answered' && answer !== undefined && !beginsId(answer);
  throw new Failure(isDecided ? nameAfterCreate(answer) : 'SubmitOutcomeUnknown', `${happened}.`);
}

type Sent = Extract<RequestOutcome, { readonly outcome: 'answered' | 'unanswered' }>;

function describeOutcome(exchange: Sent): string {
  return exchange.outcome === 'answered'
    ? `MiniMax answered the create with ${describeResponse(toAnswer(exchange))}`
    : `MiniMax did not answer the create (${exchange.reason})${traceSuffix(exchange)}`;
}

function toAccepted(answer: Answer): CreatedTask | undefined {
  const { traceId, brokenFields } = answer;
  const taskId = usableId(answer);
  const isWhole = brokenFields === undefined;
  const hasFailed = isWhole ? effectiveCode(answer) !== 0 : saysThatItFailed(answer);
  if (taskId === undefined || hasFailed) return undefined;
  return { taskId, traceId, isUnconfirmed: isWhole ? undefined : true };
}

/** In a part of an answer. Strings within strings have backslashes before their quotes. */
const FAILING_CODE = /"status_code"\s*:\s*"?-?[0.]*[1-9]/;

/** Of a broken answer: a `status_code` that is not 0, of which the first digit is enough, or the HTTP status of an error. */
function saysThatItFailed({ httpStatus, text }: Answer): boolean {
  return httpStatus < 200 || httpStatus > 299 || FAILING_CODE.test(text);
}

function namedInDoubt(happened: string, answer: Answer): Failure {
  const taskId = usableId(answer);
  const named = taskId ?? shownOf(answer, JSON.stringify(givenId(answer)));
  return new Failure('SubmitOutcomeUnknown', `${happened}, yet names the task ${named}.`, { taskId });
}
