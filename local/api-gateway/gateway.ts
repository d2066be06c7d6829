import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { gatewayProblem } from '../../lambdas/core/api/problem.ts';
import {
  GATEWAY_PROBLEMS,
  type GatewayProblem,
  type GatewayResponseType,
} from '../../lambdas/core/api/problem-types.ts';
import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { type Route as HttpRoute, readBounded } from '../loopback-server.ts';
import type { Route } from '../template/deployment.ts';
import { createAdmission } from './admission.ts';
import { type Matched, toEvent } from './api-event.ts';
import { withoutCoding } from './request-coding.ts';
import { toMatchers } from './route-matcher.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** Of each function, waiting ones included; and in the bodies of all requests together. */
const UNDER_WAY = { maxRequests: 100, maxBytes: 64 * 1024 * 1024 };

/** The REST API of the deployment, without its authorization: it is reachable from this machine only. */
export function createHttpTrigger(routes: readonly Route[], lambda: Pick<LambdaHost, 'invoke'>): HttpRoute {
  const matchers = toMatchers(routes);
  const admission = createAdmission(UNDER_WAY);

  async function invoke(
    functionArn: string,
    request: IncomingMessage,
    response: ServerResponse,
    matched: Omit<Matched, 'body'>,
  ): Promise<void> {
    const coded = await readBounded(request, MAX_BODY_BYTES);
    const body = coded && withoutCoding(coded, request.headers['content-encoding'], MAX_BODY_BYTES);
    if (body === undefined) return refuse(response, 'REQUEST_TOO_LARGE', TOO_LONG);
    const event = toEvent(request, { ...matched, body });
    const eventText = JSON.stringify(event);
    if (Buffer.byteLength(eventText) > MAX_EVENT_BYTES)
      return refuse(response, 'REQUEST_TOO_LARGE', TOO_LONG);
    const given = isUtf8(body) ? eventText : JSON.stringify(inBase64(event, body));
    const reply = await lambda.invoke(functionArn, given, {
      waits: true,
      signal: whileAnybodyWaits(response),
    });
    if (!reply.ok && reply.error.errorType === NEVER_INVOKED) return refuse(response, 'THROTTLED', TOO_MANY);
    if (!reply.ok) return refuse(response, 'DEFAULT_5XX', 'Internal server error');
    const { statusCode, headers, body: text } = JSON.parse(reply.result) as APIGatewayProxyResult;
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, String(value));
    response.writeHead(statusCode).end(text);
  }

  return async (request, response) => {
    const url = new URL(`http://127.0.0.1${request.url}`);
    const matcher = matchers.find(({ pattern }) => pattern.test(url.pathname));
    const functionArn = matcher?.methods.get(request.method ?? '');
    if (matcher === undefined || functionArn === undefined)
      return refuse(response, 'MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    const leave = admission.enter(functionArn, statedBytes(request));
    if (leave === undefined) return refuse(response, 'THROTTLED', TOO_MANY);
    try {
      const parameters = matcher.pattern.exec(url.pathname)?.groups ?? {};
      await invoke(functionArn, request, response, { url, path: matcher.path, parameters });
    } finally {
      leave();
    }
  };
}

/** Here a function is shown the bytes, and can say which is wrong; API Gateway shows them to functions of binary APIs only. */
function inBase64(event: object, body: Buffer): object {
  return { ...event, body: body.toString('base64'), isBase64Encoded: true };
}

const TOO_LONG = 'Request Too Long';
const TOO_MANY =
  'More requests are under way than this machine takes at once. Nothing was started by this one; send it again.';

/** How long a body says that it is; at most as long as it may be where it does not say. */
function statedBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return MAX_BODY_BYTES;
  return Math.min(Number(headers['content-length'] ?? 0), MAX_BODY_BYTES);
}

/** Aborted where the caller goes away before it has its answer. */
function whileAnybodyWaits(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.closed) gone.abort();
  response.once('close', () => gone.abort());
  return gone.signal;
}

/** What the gateway itself answers, with its own words for why. */
function refuse(response: ServerResponse, type: GatewayResponseType, reason: string): void {
  const { status = DEFAULT_STATUS[type] ?? 500, detail = reason, ...problem } = gatewayProblem(type);
  const { retryAfterSeconds }: GatewayProblem = GATEWAY_PROBLEMS[type];
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(type === 'REQUEST_TOO_LARGE' ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify({ ...problem, status, detail }));
}

/** What API Gateway answers here where a type has several statuses. */
const DEFAULT_STATUS: Partial<Record<GatewayResponseType, number>> = { DEFAULT_4XX: 400, DEFAULT_5XX: 502 };
