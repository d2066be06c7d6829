import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { type AnsweredProblem, unexpected } from '../core/problem.ts';

const logger = new Logger();

type Call = (event: APIGatewayProxyEvent, now: Date) => Promise<APIGatewayProxyResult>;

/** Makes a Lambda handler of one call of the HTTPS API. A fault that nobody foresaw is logged, and answered without a word of it. */
export function apiCall(call: Call) {
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context>()
    .use({
      before: ({ context }) => logger.addContext(context),
      onError: (request) => {
        logger.error('unexpected', request.error ?? new Error('nothing was thrown'));
        request.response = problemReply(unexpected(request.event.requestContext.requestId));
      },
    })
    .handler((event) => call(event, new Date()));
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

export function problemReply(problem: AnsweredProblem): APIGatewayProxyResult {
  return {
    statusCode: problem.status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  };
}

/** The request's body as text, however API Gateway has wrapped it. */
export function bodyText({ body, isBase64Encoded }: APIGatewayProxyEvent): string | null {
  return isBase64Encoded && body !== null ? Buffer.from(body, 'base64').toString('utf8') : body;
}
