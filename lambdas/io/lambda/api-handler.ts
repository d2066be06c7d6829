import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { corsHeaders } from '../../core/api/cors.ts';
import { ownerOf } from '../../core/api/owner.ts';
import {
  type AnsweredProblem,
  badBody,
  badParameter,
  ProblemError,
  toProblem,
  unexpected,
} from '../../core/api/problem.ts';
import { utf8Text } from '../../core/api/utf8.ts';
import { type Checked, parseJson } from '../../core/api/validation.ts';
import { Failure } from '../../core/failure.ts';
import { isExecutionName } from '../../core/job/video-id.ts';
import { quoted } from '../../core/text/plain.ts';
import { isThrottled } from '../aws/errors.ts';
import { readCorsOrigins } from '../environment.ts';
import { TableUnavailable } from '../table/table-unavailable.ts';
import { requireOwner } from './owner.ts';

const logger = new Logger();

type Call = (event: APIGatewayProxyEvent, now: Date) => Promise<Reply>;

interface Reply extends APIGatewayProxyResult {
  /** What the call did, for its log line only: API Gateway rejects a response with a field that it does not know. */
  readonly outcome?: string;
}

/**
 * Makes the Lambda handler of one call of the HTTPS API. A `ProblemError` becomes the answer. An unexpected error is logged, and the
 * answer does not contain it. A request without an owner is answered with 403.
 */
export function apiHandler(call: Call) {
  return createHandler(async (event, now) => {
    requireOwner(event);
    return call(event, now);
  }, toProblemError);
}

/** As `apiHandler`, for a route without authorization: every other error is unexpected, so that its answer reveals no state of AWS. */
export function publicApiHandler(call: Call) {
  return createHandler(call, (error) => (error instanceof ProblemError ? error : undefined));
}

function createHandler(call: Call, toKnown: (error: Error) => ProblemError | undefined) {
  return middy<APIGatewayProxyEvent, Reply, Error, Context>()
    .use({
      before: ({ context }) => logger.addContext(context),
      after: (request) => {
        if (request.response === null || request.response === undefined) return;
        const { outcome, ...response } = request.response;
        request.response = withCors(request.event, response);
        logAnswer(request.event, response, outcome);
      },
      onError: (request) => {
        const { error } = request;
        const known = error === undefined ? undefined : toKnown(error);
        if (known === undefined) logger.error('unexpected', error ?? new Error('nothing was thrown'));
        const reply =
          known === undefined
            ? problemReply(unexpected(request.event.requestContext.requestId))
            : problemReply(known.problem, known.headers);
        request.response = withCors(request.event, reply);
        logAnswer(request.event, reply);
      },
    })
    .handler((event) => call(event, new Date()));
}

/** Lets a page of an allowed origin read the answer. */
function withCors(event: APIGatewayProxyEvent, reply: APIGatewayProxyResult): APIGatewayProxyResult {
  const origins = valuesOf(event, 'origin');
  const origin = origins.length === 1 ? origins[0] : undefined;
  return { ...reply, headers: { ...reply.headers, ...corsHeaders(origin, readCorsOrigins()) } };
}

/** Logs one line for each call: owner, route, video, status and outcome. */
function logAnswer(
  { httpMethod, resource, pathParameters, requestContext }: APIGatewayProxyEvent,
  response: APIGatewayProxyResult,
  outcome?: string,
): void {
  const location = response.headers?.location;
  const started = typeof location === 'string' ? location.split('/').at(-1) : undefined;
  const videoIds = [pathParameters?.video_id, started].filter((id) => id !== undefined);
  logger.info('answered', {
    call: `${httpMethod} ${resource}`,
    status: response.statusCode,
    outcome,
    video_id: videoIds.find(isExecutionName),
    owner: ownerOf(requestContext),
    request_id: requestContext.requestId,
  });
}

/** Logs an error that does not end the call. */
export function logWarning(error: Error): undefined {
  logger.warn(error.name, error);
}

export function jsonReply(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function problemReply(
  problem: AnsweredProblem,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  return {
    statusCode: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify(problem),
  };
}

/** The JSON of a request's body. @throws ProblemError */
export function jsonBody(event: APIGatewayProxyEvent): unknown {
  const mediaType = headerOf(event, 'content-type');
  if (mediaType !== undefined && !/^application\/json\s*(;|$)/i.test(mediaType)) {
    throw new ProblemError(
      toProblem(
        'unsupported-media-type',
        `Content-Type is ${quoted(mediaType)}; allowed is application/json. Nothing was started.`,
      ),
    );
  }
  return valueOrBadRequest(parseJson(bodyText(event)));
}

/** @throws ProblemError */
export function valueOrBadRequest<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new ProblemError(badBody(checked.issues));
}

/** The value of a header that may occur once, in any case. @throws ProblemError where it occurs more often */
export function headerOf(event: APIGatewayProxyEvent, name: string): string | undefined {
  const values = valuesOf(event, name);
  if (values.length > 1)
    throw new ProblemError(
      badParameter(`The header ${name} occurs ${values.length} times; it may occur once.`),
    );
  return values[0];
}

function valuesOf({ headers, multiValueHeaders }: APIGatewayProxyEvent, name: string): readonly string[] {
  const all: Readonly<Record<string, string[] | string | undefined>> = multiValueHeaders ?? headers ?? {};
  return Object.entries(all).flatMap(([key, value]) => (key.toLowerCase() === name ? (value ?? []) : []));
}

/** The body as text; API Gateway sends some bodies in base64. @throws ProblemError where its bytes are not UTF-8 */
function bodyText({ body, isBase64Encoded }: APIGatewayProxyEvent): string | null {
  return isBase64Encoded && body !== null ? valueOrBadRequest(utf8Text(Buffer.from(body, 'base64'))) : body;
}

/** @returns undefined for an unexpected error */
function toProblemError(error: Error): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof Failure && error.name === 'StorageUnavailable') {
    const detail = `${error.message} Nothing was started by this call. Send it again in a few seconds. If this continues, an operator has to check the bucket and its permissions.`;
    return new ProblemError(toProblem('storage-unavailable', detail), { 'retry-after': '5' });
  }
  if (error instanceof TableUnavailable) {
    const detail = `${error.message} Nothing was started by this call. Send it again in a few seconds.`;
    return new ProblemError(toProblem('table-unavailable', detail), { 'retry-after': '5' });
  }
  if (!isThrottled(error)) return undefined;
  const detail = 'AWS throttles requests at the moment. Send the request again in a few seconds.';
  return new ProblemError(toProblem('too-many-requests', detail), { 'retry-after': '5' });
}
