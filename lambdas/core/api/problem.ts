import type { ValidationIssue } from '../json/pointer.ts';
import { quoted, shortened } from '../text/plain.ts';
import {
  GATEWAY_PROBLEMS,
  type GatewayProblem,
  type GatewayResponseType,
  PROBLEM_KINDS,
  type ProblemName,
  TYPE_PREFIX,
} from './problem-types.ts';
import type { Problem } from './response.ts';

/** A problem with an HTTP status. */
export type AnsweredProblem = Problem & { readonly status: number };

/** The names of the problems that have one fixed status. */
type Answerable = {
  [Name in ProblemName]: (typeof PROBLEM_KINDS)[Name] extends { readonly status: number } ? Name : never;
}[ProblemName];

/** Rejects a call with this problem. Throw it only where the call has started nothing. */
export class ProblemError extends Error {
  readonly problem: AnsweredProblem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: AnsweredProblem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.title);
    this.problem = problem;
    this.headers = headers;
  }
}

export function toProblem(
  name: Answerable,
  detail: string,
  errors?: readonly ValidationIssue[],
): AnsweredProblem {
  return { type: `${TYPE_PREFIX}${name}`, ...PROBLEM_KINDS[name], detail, errors: errors && [...errors] };
}

/** A problem of a kind that has no status of its own. */
export function problemWith(name: ProblemName, status: number, detail: string): AnsweredProblem {
  return { type: `${TYPE_PREFIX}${name}`, ...PROBLEM_KINDS[name], status, detail };
}

const MAX_ERRORS = 50;
const MAX_POINTER_CHARACTERS = 500;

/** A body with these issues. A body of megabytes may have more issues than a response can hold. */
export function badBody(issues: readonly ValidationIssue[]): AnsweredProblem {
  const named = issues
    .slice(0, MAX_ERRORS)
    .map(({ pointer, detail }) => ({ pointer: shortened(pointer, MAX_POINTER_CHARACTERS), detail }));
  const more = issues.length - named.length;
  const rest = more === 0 ? '' : ` ${more} more wrong fields are not listed.`;
  return toProblem(
    'bad-request',
    `Nothing was started and nothing is charged. Correct the fields named in errors and send the request again.${rest}`,
    named,
  );
}

/** A wrong parameter or header. */
export function badParameter(detail: string): AnsweredProblem {
  return toProblem('bad-request', `${detail} Nothing was started and nothing is charged.`);
}

/** One answer for an id of no video and for one of another owner's video. */
export function videoNotFound(videoId: string): AnsweredProblem {
  return toProblem('video-not-found', `No video that you may see has the id ${quoted(videoId)}.`);
}

/** A request without an owner: nothing that it started would be found again. */
export function ownerUnknown(): AnsweredProblem {
  return problemWith(
    'access-denied',
    403,
    'API Gateway names neither an AWS identity, an API key nor a principal of an authorizer for this request, so nothing was started. An operator has to check the authorization of the API.',
  );
}

/** The answer for a task of another owner, which must not say that it exists. */
export function taskNotFound(taskId: string): AnsweredProblem {
  return toProblem(
    'task-not-found',
    `No task that you may adopt has the id ${quoted(taskId)}. Nothing was started and nothing is charged.`,
  );
}

/** API Gateway's own response of this type. Without a `detail`, the gateway's message is the detail. */
export function gatewayProblem(responseType: GatewayResponseType): Problem {
  const { kind, status, advice }: GatewayProblem = GATEWAY_PROBLEMS[responseType];
  return {
    type: `${TYPE_PREFIX}${kind}`,
    title: PROBLEM_KINDS[kind].title,
    status,
    retry: PROBLEM_KINDS[kind].retry,
    detail: advice,
  };
}

export function unexpected(requestId: string): AnsweredProblem {
  return { type: `${TYPE_PREFIX}unexpected`, ...PROBLEM_KINDS.unexpected, request_id: requestId };
}
