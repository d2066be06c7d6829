import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';

const startDate = new Date('2026-11-23T10:00:00Z');
const sfn = mockClient(SFNClient);
const s3 = mockClient(S3Client);
const table = mockClient(DynamoDBDocumentClient);

type Handler = (event: APIGatewayProxyEvent, context: object) => Promise<APIGatewayProxyResult>;
let handler: Handler;
beforeAll(async () => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine',
    VIDEO_BUCKET: 'videos',
    VISIBILITY: 'owner',
    VIDEO_TABLE: 'table',
    LISTED_METADATA: '',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = (await import('../../lambdas/cancel-video.ts')) as unknown as { handler: Handler });
});

/** An execution that is in its first step. */
beforeEach(() => {
  sfn.reset();
  s3.reset();
  table.reset();
  table.on(UpdateCommand).resolves({});
  const input = '{"template_id":"1","owner":"iam AROAROLE"}';
  sfn.on(DescribeExecutionCommand).resolves({ name: 'v1', status: 'RUNNING', startDate, input });
  sfn.on(GetExecutionHistoryCommand).resolves({ events: [] });
  sfn.on(StopExecutionCommand).resolves({ stopDate: startDate });
});

async function cancel() {
  const event = {
    resource: '/videos/{video_id}',
    path: '/videos/v1',
    httpMethod: 'DELETE',
    headers: {},
    pathParameters: { video_id: 'v1' },
    requestContext: { requestId: 'r-1', path: '/prod/videos/v1', identity: { caller: 'AROAROLE:s' } },
  } as unknown as APIGatewayProxyEvent;
  const answer = await handler(event, { awsRequestId: 'a', getRemainingTimeInMillis: () => 20_000 });
  return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) };
}

test('stops a video, and says that its task is unknown where none was written down', async () => {
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
  expect(await cancel()).toMatchObject({
    status: 200,
    body: { status: 'cancelled', error: { retry: 'never' } },
  });
  const [written] = table.commandCalls(UpdateCommand);
  expect(written?.args[0].input.ExpressionAttributeValues).toMatchObject({
    ':video': { video_id: 'v1', status: 'cancelled' },
  });
});

test('cancels a video also where the table does not answer, because its end is written there later', async () => {
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
  table.on(UpdateCommand).rejects(new Error('no table'));
  expect(await cancel()).toMatchObject({ status: 200, body: { status: 'cancelled' } });
});

test.each([
  ['another caller', '{"template_id":"1","owner":"iam AROAOTHER"}'],
  ['no caller', '{"template_id":"1"}'],
])('answers 404 for the video of %s, and stops nothing', async (_whose, input) => {
  sfn.on(DescribeExecutionCommand).resolves({ name: 'v1', status: 'RUNNING', startDate, input });
  expect(await cancel()).toMatchObject({
    status: 404,
    body: { type: 'urn:template-video:problem:video-not-found' },
  });
  expect(sfn.commandCalls(StopExecutionCommand)).toHaveLength(0);
});

test('says that the video was stopped, and not that it has no task, where job.json may not be read', async () => {
  s3.on(GetObjectCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  expect(await cancel()).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    body: {
      type: 'urn:template-video:problem:storage-unavailable',
      detail: expect.stringMatching(
        /AccessDenied.* The video v1 was stopped\. Its job document may name a task/,
      ),
    },
  });
  expect(sfn.commandCalls(StopExecutionCommand)).toHaveLength(1);
});
