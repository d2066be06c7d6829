import type { APIGatewayProxyEvent } from 'aws-lambda';
import { badParameter, ProblemError } from '../../core/api/problem.ts';
import { quoted } from '../../core/text/plain.ts';

/** The parameters of a query by their names. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Reads a query that may have these parameters, each once. @throws ProblemError */
export function readQuery(event: APIGatewayProxyEvent, allowed: readonly string[]): Query {
  const given = event.multiValueQueryStringParameters ?? {};
  const unknown = Object.keys(given).find((name) => !allowed.includes(name));
  if (unknown !== undefined)
    throw rejected(`A parameter is ${quoted(unknown)}; known are ${allowed.join(', ')}.`);
  const repeated = allowed.find((name) => (given[name]?.length ?? 0) > 1);
  if (repeated !== undefined)
    throw rejected(`${repeated} is ${quoted(given[repeated]?.join(', ') ?? '')}; it may be there once.`);
  return event.queryStringParameters ?? {};
}

const MAX_LIMIT = 100;

/** How many items a page has at most. @throws ProblemError */
export function toLimit(given: string | undefined, byDefault: number): number {
  if (given === undefined) return byDefault;
  if (/^\d{1,3}$/.test(given) && Number(given) >= 1 && Number(given) <= MAX_LIMIT) return Number(given);
  throw rejected(`limit is ${quoted(given)}; allowed is a whole number from 1 to ${MAX_LIMIT}.`);
}

function rejected(detail: string): ProblemError {
  return new ProblemError(badParameter(detail));
}
