import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { GATEWAY_PROBLEMS } from '../lambdas/core/problem.ts';
import type { Route } from './deployment.ts';
import type { LambdaHost } from './lambda/lambda-host.ts';
import { type Listening, listen } from './listen.ts';
import { ACCOUNT_ID } from './template.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** The REST API of the deployment, without its authorization: it is reachable from this machine only. */
export async function startHttpTrigger(
  routes: readonly Route[],
  lambda: Pick<LambdaHost, 'invoke'>,
  port: number,
): Promise<Listening> {
  const matchers = routes.map((route) => ({ ...route, pattern: toPattern(route.path) }));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isFromHere(request)) return refuse(response, 403, 'Forbidden');
    const target = `http://localhost${request.url}`;
    if (!URL.canParse(target)) return refuse(response, 400, 'Bad Request');
    const url = new URL(target);
    for (const { method, path, functionArn, pattern } of matchers) {
      const parameters = method === request.method ? pattern.exec(url.pathname) : null;
      if (parameters !== null)
        return invoke(functionArn, request, response, { url, path, parameters: parameters.groups ?? {} });
    }
    refuse(response, 403, 'Missing Authentication Token');
  }

  async function invoke(
    functionArn: string,
    request: IncomingMessage,
    response: ServerResponse,
    matched: Omit<Matched, 'body'>,
  ): Promise<void> {
    const body = await readBounded(request);
    if (body === undefined) return refuse(response, 413, 'Request Too Long');
    const reply = await lambda.invoke(functionArn, JSON.stringify(toEvent(request, { ...matched, body })));
    if (!reply.ok) return refuse(response, 502, 'Internal server error');
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
function refuse(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
  const problem = status < 500 ? GATEWAY_PROBLEMS.DEFAULT_4XX : GATEWAY_PROBLEMS.DEFAULT_5XX;
  response.end(JSON.stringify({ ...problem, status, detail }));
}

/** `/videos/{video_id}` as an expression that names its parameters. */
function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`);
}

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
      resourcePath: path,
    } as APIGatewayProxyEvent['requestContext'],
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
