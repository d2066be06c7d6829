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

/** A problem whose HTTP status is known. */
export type AnsweredProblem = Problem & { readonly status: number };

/** The kinds of problem that have a status of their own. */
type Answerable = {
  [Name in ProblemName]: (typeof PROBLEM_KINDS)[Name] extends { readonly status: number } ? Name : never;
}[ProblemName];

/** Why a call is not done. Whoever throws it knows that nothing has been started by it. */
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
  return {
    type: `${TYPE_PREFIX}${name}`,
    ...PROBLEM_KINDS[name],
    detail,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}

const MOST_ERRORS = 50;
const LONGEST_POINTER = 500;

/** A body that is wrong in these places; a body of megabytes may have more of them than an answer can hold. */
export function badBody(faults: readonly ValidationIssue[]): AnsweredProblem {
  const named = faults
    .slice(0, MOST_ERRORS)
    .map(({ pointer, detail }) => ({ pointer: shortened(pointer, LONGEST_POINTER), detail }));
  const more = faults.length - named.length;
  const rest = more === 0 ? '' : ` There are ${more} more.`;
  return toProblem(
    'bad-request',
    `Nothing was started and nothing is charged. Correct the fields named in errors and send it again.${rest}`,
    named,
  );
}

/** A wrong parameter or header. */
export function badParameter(detail: string): AnsweredProblem {
  return toProblem('bad-request', `${detail} Nothing was started and nothing is charged.`);
}

export function videoNotFound(videoId: string): AnsweredProblem {
  return toProblem('video-not-found', `No video has the id ${quoted(videoId)}.`);
}

/** What API Gateway answers itself, by its response type; without a `detail` where it is to say why in its own words. */
export function gatewayProblem(responseType: GatewayResponseType): Problem {
  const { kind, status, advice }: GatewayProblem = GATEWAY_PROBLEMS[responseType];
  return {
    type: `${TYPE_PREFIX}${kind}`,
    title: PROBLEM_KINDS[kind].title,
    ...(status === undefined ? {} : { status }),
    ...(advice === undefined ? {} : { detail: advice }),
  };
}

export function unexpected(requestId: string): AnsweredProblem {
  return { type: `${TYPE_PREFIX}unexpected`, ...PROBLEM_KINDS.unexpected, request_id: requestId };
}
