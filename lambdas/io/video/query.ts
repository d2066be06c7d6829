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

function rejected(detail: string): ProblemError {
  return new ProblemError(badParameter(detail));
}
