import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Identity } from '../../lambdas/core/api/owner.ts';
import { ACCOUNT_ID } from '../template/template.ts';

/** A request for one resource of the API. */
export interface Matched {
  readonly url: URL;
  readonly body: Buffer;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The event of API Gateway. Its body is text, in which U+FFFD replaces bytes that are not UTF-8: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function toEvent(
  request: IncomingMessage,
  { url, body, path, parameters }: Matched,
): Partial<APIGatewayProxyEvent> {
  const headers = Object.entries(request.headersDistinct).map(
    ([name, values = []]) => [name, values] as const,
  );
  const query = [...new Set(url.searchParams.keys())].map(
    (name) => [name, url.searchParams.getAll(name)] as const,
  );
  const pathParameters = Object.entries(parameters).map(([name, value]) => [name, decoded(value)]);
  return {
    resource: path,
    path: url.pathname,
    httpMethod: request.method ?? 'GET',
    headers: Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters:
      query.length === 0 ? null : Object.fromEntries(query.map(([name, values]) => [name, values.at(-1)])),
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    pathParameters: pathParameters.length === 0 ? null : Object.fromEntries(pathParameters),
    stageVariables: null,
    body: body.length === 0 ? null : body.toString('utf8'),
    isBase64Encoded: false,
    requestContext: {
      accountId: ACCOUNT_ID,
      requestId: randomUUID(),
      stage: 'local',
      path: url.pathname,
      resourcePath: path,
      identity: toIdentity(request),
    } as APIGatewayProxyEvent['requestContext'],
  };
}

/** The video ids of idempotency keys are hashes of it. Another name would let a key that was paid for be paid for again. */
export const UNSIGNED = 'nobody';

/** The caller by its API key or its access key. Neither key nor signature is verified locally. */
function toIdentity({ headers }: IncomingMessage): Identity {
  const key = headers['x-api-key'];
  if (typeof key === 'string')
    return { apiKeyId: createHash('sha256').update(key).digest('hex').slice(0, 10) };
  const [, caller = UNSIGNED] = /\bCredential=([\w-]+)\//.exec(headers.authorization ?? '') ?? [];
  return { caller };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
