import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import { gatewayProblem } from '../../lambdas/core/api/problem.ts';
import {
  GATEWAY_PROBLEMS,
  type GatewayProblem,
  type GatewayResponseType,
} from '../../lambdas/core/api/problem-types.ts';
import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import type { WorkerReply } from '../lambda/function-worker.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { type Route as HttpRoute, readBounded } from '../loopback-server.ts';
import type { CrossOrigin } from '../template/cors.ts';
import type { Route } from '../template/deployment.ts';
import { createAdmission } from './admission.ts';
import { type Matched, toEvent } from './api-event.ts';
import { sendPreflight, toGatewayHeaders } from './cross-origin.ts';
import { withoutCoding } from './request-coding.ts';
import { toMatchers } from './route-matcher.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** The requests of each function, including waiting ones, and the bytes of all bodies together. */
const ADMISSION_LIMITS = { maxRequests: 100, maxBytes: 64 * 1024 * 1024 };

/** A template without CORS. */
const SAME_ORIGIN: GatewayRules = { preflights: [], gatewayHeaders: new Map() };

type GatewayRules = Pick<CrossOrigin, 'preflights' | 'gatewayHeaders'>;

/** The REST API of the deployment without its authorization, because only this machine can reach it. */
export function createGateway(
  routes: readonly Route[],
  lambda: Pick<LambdaHost, 'invoke'>,
  crossOrigin: GatewayRules = SAME_ORIGIN,
): HttpRoute {
  const matchers = toMatchers(routes);
  const admission = createAdmission(ADMISSION_LIMITS);
  const reject: Reject = (response, type, reason) => {
    const headers = Object.entries(toGatewayHeaders(crossOrigin, type, response.req));
    for (const [name, value] of headers) response.setHeader(name, value);
    sendGatewayProblem(response, type, reason);
  };

  async function invoke(
    functionArn: string,
    request: IncomingMessage,
    response: ServerResponse,
    matched: Omit<Matched, 'body'>,
  ): Promise<void> {
    const coded = await readBounded(request, MAX_BODY_BYTES);
    const body = coded && withoutCoding(coded, request.headers['content-encoding'], MAX_BODY_BYTES);
    const event = body && toEventText(request, { ...matched, body });
    if (event === undefined) return reject(response, 'REQUEST_TOO_LARGE', REQUEST_TOO_LONG);
    const options = { waits: true, signal: untilClosed(response) };
    sendReply(response, await lambda.invoke(functionArn, event, options), reject);
  }

  return async (request, response) => {
    const url = new URL(`http://127.0.0.1${request.url}`);
    const matcher = matchers.find(({ pattern }) => pattern.test(url.pathname));
    const preflight = crossOrigin.preflights.find(({ path }) => path === matcher?.path);
    if (request.method === 'OPTIONS' && preflight !== undefined)
      return sendPreflight(request, response, preflight);
    const functionArn = matcher?.methods.get(request.method ?? '');
    if (matcher === undefined || functionArn === undefined)
      return reject(response, 'MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    const endRequest = admission.enter(functionArn, statedBytes(request));
    if (endRequest === undefined) return reject(response, 'THROTTLED', TOO_MANY);
    try {
      const parameters = matcher.pattern.exec(url.pathname)?.groups ?? {};
      await invoke(functionArn, request, response, { url, path: matcher.path, parameters });
    } finally {
      endRequest();
    }
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format */
const proxyResult = z.object({
  statusCode: z.number(),
  headers: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  body: z.optional(z.string()),
});

/** @returns undefined where the event is larger than Lambda accepts */
function toEventText(request: IncomingMessage, matched: Matched): string | undefined {
  const { body } = matched;
  const event = toEvent(request, matched);
  const text = JSON.stringify(event);
  if (Buffer.byteLength(text) > MAX_EVENT_BYTES) return undefined;
  // The function gets the bytes, so that it can name the wrong one. API Gateway passes bytes to functions of binary APIs only.
  return isUtf8(body)
    ? text
    : JSON.stringify({ ...event, body: body.toString('base64'), isBase64Encoded: true });
}

function sendReply(response: ServerResponse, reply: WorkerReply, reject: Reject): void {
  const result = reply.ok ? z.safeParse(proxyResult, JSON.parse(reply.result)).data : undefined;
  if (result !== undefined) {
    for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value));
    response.writeHead(result.statusCode).end(result.body);
  } else if (!reply.ok && reply.error.errorType === NEVER_INVOKED) reject(response, 'THROTTLED', TOO_MANY);
  else reject(response, 'DEFAULT_5XX', 'Internal server error');
}

const REQUEST_TOO_LONG = 'Request Too Long';
const TOO_MANY =
  'This machine is handling as many requests as it can. This request has started nothing. Send it again.';

/** The stated length of a body, or the longest allowed length where none is stated. */
function statedBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return MAX_BODY_BYTES;
  return Math.min(Number(headers['content-length'] ?? 0), MAX_BODY_BYTES);
}

/** Aborts when the caller disconnects before its answer. */
function untilClosed(response: ServerResponse): AbortSignal {
  const disconnected = new AbortController();
  if (response.closed) disconnected.abort();
  response.once('close', () => disconnected.abort());
  return disconnected.signal;
}

/** Answers as the gateway itself. @param reason the detail, where the type has none of its own */
type Reject = (response: ServerResponse, type: GatewayResponseType, reason: string) => void;

const sendGatewayProblem: Reject = (response, type, reason) => {
  const { status = DEFAULT_STATUS[type] ?? 500, detail = reason, ...problem } = gatewayProblem(type);
  const { retryAfterSeconds }: GatewayProblem = GATEWAY_PROBLEMS[type];
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
  if (type === 'REQUEST_TOO_LARGE') response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ ...problem, status, detail }));
};

/** The status of a type that API Gateway uses with several statuses. */
const DEFAULT_STATUS: Partial<Record<GatewayResponseType, number>> = { DEFAULT_4XX: 400, DEFAULT_5XX: 502 };
