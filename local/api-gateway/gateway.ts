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

/** Requests of each function, with those that wait; and bytes in the bodies of all requests together. */
const ADMISSION_LIMITS = { maxRequests: 100, maxBytes: 64 * 1024 * 1024 };

/** The REST API of the deployment. It has no authorization, because only this machine can reach it. */
export function createHttpTrigger(routes: readonly Route[], lambda: Pick<LambdaHost, 'invoke'>): HttpRoute {
  const matchers = toMatchers(routes);
  const admission = createAdmission(ADMISSION_LIMITS);

  async function invoke(
    functionArn: string,
    request: IncomingMessage,
    response: ServerResponse,
    matched: Omit<Matched, 'body'>,
  ): Promise<void> {
    const coded = await readBounded(request, MAX_BODY_BYTES);
    const body = coded && withoutCoding(coded, request.headers['content-encoding'], MAX_BODY_BYTES);
    if (body === undefined) return refuse(response, 'REQUEST_TOO_LARGE', REQUEST_TOO_LONG);
    const event = toEvent(request, { ...matched, body });
    const eventText = JSON.stringify(event);
    if (Buffer.byteLength(eventText) > MAX_EVENT_BYTES)
      return refuse(response, 'REQUEST_TOO_LARGE', REQUEST_TOO_LONG);
    const given = isUtf8(body) ? eventText : JSON.stringify(inBase64(event, body));
    const reply = await lambda.invoke(functionArn, given, {
      waits: true,
      signal: untilClosed(response),
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

/** Gives a function the bytes, so that it can name the wrong one. API Gateway gives bytes to functions of binary APIs only. */
function inBase64(event: object, body: Buffer): object {
  return { ...event, body: body.toString('base64'), isBase64Encoded: true };
}

const REQUEST_TOO_LONG = 'Request Too Long';
const TOO_MANY =
  'This machine is handling as many requests as it can. This request has started nothing. Send it again.';

/** The length that a body states. One that states none counts as the largest. */
function statedBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return MAX_BODY_BYTES;
  return Math.min(Number(headers['content-length'] ?? 0), MAX_BODY_BYTES);
}

/** Aborts when the caller closes the connection before it has the answer. */
function untilClosed(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.closed) gone.abort();
  response.once('close', () => gone.abort());
  return gone.signal;
}

/** Answers as the gateway itself does. @param reason API Gateway's own message, where the problem has no other */
function refuse(response: ServerResponse, type: GatewayResponseType, reason: string): void {
  const { status = DEFAULT_STATUS[type] ?? 500, detail = reason, ...problem } = gatewayProblem(type);
  const { retryAfterSeconds }: GatewayProblem = GATEWAY_PROBLEMS[type];
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
  if (type === 'REQUEST_TOO_LARGE') response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ ...problem, status, detail }));
}

/** The status that API Gateway uses here for a type with several. */
const DEFAULT_STATUS: Partial<Record<GatewayResponseType, number>> = { DEFAULT_4XX: 400, DEFAULT_5XX: 502 };
