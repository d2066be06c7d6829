import { Failure } from '../failure.ts';
import { plain } from '../text/plain.ts';
import { nameAfterQuery } from './classify.ts';
import { taskFailure } from './codes.ts';
import { describeResponse, shownOf, traceSuffix } from './describe.ts';
import type { Kind, TaskFields } from './kind.ts';
import {
  effectiveCode,
  type MiniMaxResponse,
  type Received,
  type RequestOutcome,
  toCode,
  toMiniMaxResponse,
} from './response.ts';
import type { TaskStatus } from './status.ts';
import { isId } from './task-id.ts';
import { unreachable } from './unreachable.ts';

/** How a task is doing. `videoUrl` is there exactly when it succeeded. */
export interface Task {
  readonly status: TaskStatus;
  /** MiniMax's own word. */
  readonly rawStatus: string;
  readonly code: number;
  readonly videoUrl?: string;
  readonly traceId?: string;
}

/** A task that MiniMax is asked about. */
export interface QueriedTask {
  readonly task_id: string;
  readonly kind: Kind;
}

/** Reads the answer to a query. A status word that is not documented means that the task is still running. */
export function toTask(requestOutcome: RequestOutcome, { task_id, kind }: QueriedTask): Task {
  const answer = toMiniMaxResponse(requireAnswer(requestOutcome), kind.queriedIdField);
  const { taskId: echoed, ...said } = kind.readTask(answer.fields);
  if (isId(echoed) && echoed !== task_id)
    throw unavailable(`answered about another task, ${shownOf(answer, JSON.stringify(echoed))}`, answer);
  const code = toCode(said.code) ?? effectiveCode(answer) ?? Number.NaN;
  const { traceId } = answer;

  const isMiniMaxs = answer.fields.base_resp !== undefined || isId(echoed);
  if (typeof said.status !== 'string' || !isMiniMaxs) throw unanswered(answer);
  const rawStatus = shownOf(answer, said.status);
  const status = toStatus(plain(said.status), kind);
  if (status === 'failed' && taskFailure(code) !== undefined) return { status, rawStatus, code, traceId };
  if (code !== 0 || status === 'failed') throw unanswered(answer);
  if (status === 'running') return { status, rawStatus, code, traceId };
  return { status, rawStatus, code, traceId, videoUrl: requireLink(said, answer) };
}

function toStatus(word: string, { finalWords }: Kind): TaskStatus {
  const lower = word.toLowerCase();
  return Object.hasOwn(finalWords, lower) ? (finalWords[lower] ?? 'running') : 'running';
}

function requireLink({ videoUrl }: Pick<TaskFields, 'videoUrl'>, answer: MiniMaxResponse): string {
  if (typeof videoUrl !== 'string' || videoUrl === '')
    throw unavailable('says that the task succeeded but gives no link', answer);
  if (answer.redaction.reveals(hostPartOf(videoUrl)))
    throw unavailable('gives a link that repeats the key', answer);
  return videoUrl;
}

/** The scheme and the host of a link. An error names no more, because the link gives access. */
function hostPartOf(link: string): string {
  return /^[^/?#]*(?:\/\/[^/?#]*)?/.exec(link)?.[0] ?? '';
}

function requireAnswer(requestOutcome: RequestOutcome): Received {
  switch (requestOutcome.outcome) {
    case 'answered':
      return requestOutcome;
    case 'unreachable':
      throw unreachable(requestOutcome);
    case 'never sent':
      throw new Failure('MiniMaxUnavailable', `MiniMax could not be asked (${requestOutcome.reason}).`);
    case 'unanswered':
      throw unavailable(`did not answer the query (${requestOutcome.reason})`, requestOutcome);
  }
}

/** An answer that says nothing about the task. A gateway's JSON may have a `status` too, which is not the task's. */
function unanswered(answer: MiniMaxResponse): Failure {
  return new Failure(nameAfterQuery(answer), `MiniMax answered the query with ${describeResponse(answer)}.`);
}

function unavailable(what: string, answer: { readonly traceId?: string }): Failure {
  return new Failure('MiniMaxUnavailable', `MiniMax ${what}${traceSuffix(answer)}.`);
}
