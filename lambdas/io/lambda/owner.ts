import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ownerOf } from '../../core/api/owner.ts';
import { ownerUnknown, ProblemError } from '../../core/api/problem.ts';

/** Whose a request is. @throws ProblemError where API Gateway names none that could own something */
export function requireOwner({ requestContext }: Pick<APIGatewayProxyEvent, 'requestContext'>): string {
  const owner = ownerOf(requestContext);
  if (owner === undefined) throw new ProblemError(ownerUnknown());
  return owner;
}
