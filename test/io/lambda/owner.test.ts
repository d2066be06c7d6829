import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { apiHandler, jsonReply, publicApiHandler } from '../../../lambdas/io/lambda/api-handler.ts';

/** Calls both kinds of handler with this `requestContext`. @returns the statuses, and how often the call was made */
async function statusesOf(requestContext: object) {
  let calls = 0;
  const call = async () => {
    calls += 1;
    return jsonReply(200, {});
  };
  const event = {
    httpMethod: 'POST',
    resource: '/videos',
    requestContext: { requestId: 'r-1', ...requestContext },
  } as unknown as APIGatewayProxyEvent;
  const context = { awsRequestId: 'a', getRemainingTimeInMillis: () => 20_000 };
  const handlers = [apiHandler(call), publicApiHandler(call)] as unknown as readonly ((
    event: object,
    context: object,
  ) => Promise<{ statusCode: number; headers: object; body: string }>)[];
  const answers = await Promise.all(handlers.map((handler) => handler(event, context)));
  return { answers, calls };
}

test('answers a request without an owner with 403, and makes no call, but for the public route', async () => {
  const identity = { caller: null, apiKeyId: null, cognitoIdentityId: null };
  const { answers, calls } = await statusesOf({ identity });
  expect(answers[0]).toMatchObject({
    statusCode: 403,
    headers: { 'content-type': 'application/problem+json' },
  });
  expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
    type: 'urn:template-video:problem:access-denied',
    status: 403,
    detail: expect.stringContaining('nothing was started'),
  });
  expect([answers[1]?.statusCode, calls]).toEqual([200, 1]);
});

test('makes the call of a request with an owner', async () => {
  const { answers, calls } = await statusesOf({ identity: { caller: 'AIDAUSER' } });
  expect([answers.map(({ statusCode }) => statusCode), calls]).toEqual([[200, 200], 2]);
});
