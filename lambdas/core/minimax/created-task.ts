import { Failure } from '../failure.ts';
import { nameAfterCreate } from './classify.ts';
import { describeResponse, shownOf, traceSuffix } from './describe.ts';
import { effectiveCode, type MiniMaxResponse, type RequestOutcome, toMiniMaxResponse } from './response.ts';
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
export function toCreatedTask(requestOutcome: RequestOutcome): CreatedTask {
  if (requestOutcome.outcome === 'unreachable') throw unreachable(requestOutcome);
  if (requestOutcome.outcome === 'never sent') {
    throw new Failure('MiniMaxBusy', `The request never reached MiniMax (${requestOutcome.reason}).`);
  }
  const received = requestOutcome.outcome === 'answered' ? requestOutcome : requestOutcome.received;
  const answer = received && toMiniMaxResponse(received);
  const accepted = answer && toAccepted(answer);
  if (accepted !== undefined) return accepted;
  const description = describeOutcome(requestOutcome);
  if (answer !== undefined && hasTaskId(answer)) throw namedInDoubt(description, answer);
  const isDecided = requestOutcome.outcome === 'answered' && answer !== undefined && !beginsId(answer);
  throw new Failure(isDecided ? nameAfterCreate(answer) : 'SubmitOutcomeUnknown', `${description}.`);
}

type Sent = Extract<RequestOutcome, { readonly outcome: 'answered' | 'unanswered' }>;

function describeOutcome(requestOutcome: Sent): string {
  return requestOutcome.outcome === 'answered'
    ? `MiniMax answered the create with ${describeResponse(toMiniMaxResponse(requestOutcome))}`
    : `MiniMax did not answer the create (${requestOutcome.reason})${traceSuffix(requestOutcome)}`;
}

function toAccepted(answer: MiniMaxResponse): CreatedTask | undefined {
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
function saysThatItFailed({ httpStatus, text }: MiniMaxResponse): boolean {
  return httpStatus < 200 || httpStatus > 299 || FAILING_CODE.test(text);
}

function namedInDoubt(description: string, answer: MiniMaxResponse): Failure {
  const taskId = usableId(answer);
  const named = taskId ?? shownOf(answer, JSON.stringify(givenId(answer)));
  return new Failure('SubmitOutcomeUnknown', `${description}, yet names the task ${named}.`, { taskId });
}
