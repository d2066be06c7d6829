import { createHash } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';

/**
 * A `nextToken` of Step Functions: where the next page begins, for a call with all other arguments unchanged.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export function toToken(place: string, listed: object): string {
  return Buffer.from(`${digestOf(listed)} ${place}`).toString('base64');
}

/** @returns undefined where there is no token. @throws AwsError `InvalidToken` for a malformed token, and for a token of another list */
export function readToken(
  token: string | undefined,
  listed: object,
  isPlace: (place: string) => boolean,
): string | undefined {
  if (token === undefined) return undefined;
  const text = Buffer.from(token, 'base64').toString();
  const own = `${digestOf(listed)} `;
  const place = text.slice(own.length);
  if (text.startsWith(own) && isPlace(place)) return place;
  throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
}

/** The order of the arguments does not matter. */
function digestOf(listed: object): string {
  const given = Object.entries(listed).filter(([, value]) => value !== undefined);
  return createHash('sha256').update(JSON.stringify(given.sort())).digest('hex').slice(0, 16);
}
