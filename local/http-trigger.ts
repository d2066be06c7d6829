import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Identity } from '../lambdas/core/caller.ts';
import { gatewayProblem } from '../lambdas/core/problem.ts';
import type { GatewayResponseType } from '../lambdas/core/problem-kinds.ts';
import type { Route } from './deployment.ts';
import type { LambdaHost } from './lambda/lambda-host.ts';
import { type Listening, listen } from './listen.ts';
import { toMatchers } from './route-matcher.ts';
import { ACCOUNT_ID } from './template.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** As in `/videos/{video_id}`, because a path of a callback holds a secret; the path itself where there is no such route. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly videoId?: string | undefined;
}

/** The REST API of the deployment, without its authorization: it is reachable from this machine only. */
export async function startHttpTrigger(
  routes: readonly Route[],
  lambda: Pick<LambdaHost, 'invoke'>,
  port: number,
  onRequest: (request: AnsweredRequest) => void = () => undefined,
): Promise<Listening> {
  const matchers = toMatchers(routes);

  function report(request: IncomingMessage, response: ServerResponse): void {
    const startedAt = performance.now();
    const pathname = (request.url ?? '').split('?')[0] ?? '';
    response.once('close', () => {
      const matcher = matchers.find(({ pattern }) => pattern.test(pathname));
      const location = response.getHeader('location');
      const made = typeof location === 'string' ? /\/videos\/([\w-]+)$/.exec(location)?.[1] : undefined;
      onRequest({
        method: request.method ?? '',
        path: matcher?.path ?? JSON.stringify(pathname.slice(0, 100)),
        status: response.statusCode,
        milliseconds: Math.round(performance.now() - startedAt),
        videoId: made ?? matcher?.pattern.exec(pathname)?.groups?.video_id,
      });
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    report(request, response);
    if (!isFromHere(request)) return refuse(response, 'ACCESS_DENIED', 'Forbidden');
    const target = `http://localhost${request.url}`;
    if (!URL.canParse(target)) return refuse(response, 'DEFAULT_4XX', 'Bad Request');
    const url = new URL(target);
    const matcher = matchers.find(({ pattern }) => pattern.test(url.pathname));
    const functionArn = matcher?.methods.get(request.method ?? '') ?? matcher?.methods.get('ANY');
    if (matcher === undefined || functionArn === undefined)
      return refuse(response, 'MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    const parameters = matcher.pattern.exec(url.pathname)?.groups ?? {};
    await invoke(functionArn, request, response, { url, path: matcher.path, parameters });
  }

  async function invoke(
    functionArn: string,
    request: IncomingMessage,
    response: ServerResponse,
    matched: Omit<Matched, 'body'>,
  ): Promise<void> {
    const body = await readBounded(request);
    const event = body && JSON.stringify(toEvent(request, { ...matched, body }));
    if (event === undefined || Buffer.byteLength(event) > MAX_EVENT_BYTES)
      return refuse(response, 'REQUEST_TOO_LARGE', 'Request Too Long');
    const reply = await lambda.invoke(functionArn, event);
    if (!reply.ok) return refuse(response, 'DEFAULT_5XX', 'Internal server error');
    const { statusCode, headers, body: text } = JSON.parse(reply.result) as APIGatewayProxyResult;
    response.writeHead(statusCode, headers as Record<string, string>).end(text);
  }

  return listen(createServer(), answer, port);
}

/** A page of the web could otherwise spend money through the browser of somebody who runs this. */
function isFromHere({ headers }: IncomingMessage): boolean {
  const isOurs = /^(https?:\/\/)?(127\.0\.0\.1|localhost)(:\d+)?$/;
  return isOurs.test(headers.host ?? '') && (headers.origin === undefined || isOurs.test(headers.origin));
}

/** What the gateway itself answers, with its own words for why. */
function refuse(response: ServerResponse, type: GatewayResponseType, reason: string): void {
  const { status = UNSAID_STATUS[type] ?? 500, detail = reason, ...problem } = gatewayProblem(type);
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(JSON.stringify({ ...problem, status, detail }));
}

/** What API Gateway answers here where a type has several statuses. */
const UNSAID_STATUS: Partial<Record<GatewayResponseType, number>> = { DEFAULT_4XX: 400, DEFAULT_5XX: 502 };

async function readBounded(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Matched {
  readonly url: URL;
  readonly body: Buffer;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
function toEvent(
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

/** Who has signed, or whose key it is; neither the signature nor the key is checked here. */
function toIdentity({ headers }: IncomingMessage): Identity {
  const key = headers['x-api-key'];
  if (typeof key === 'string')
    return { apiKeyId: createHash('sha256').update(key).digest('hex').slice(0, 10) };
  const [, caller = 'nobody'] = /\bCredential=([\w-]+)\//.exec(headers.authorization ?? '') ?? [];
  return { caller };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
