import { randomUUID } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { requestDigest } from '../../lambdas/core/job/request-digest.ts';
import { pngOf, toDataUrl } from '../harness/images.ts';

const startDate = new Date('2026-11-23T10:00:00Z');
const REQUEST = { template_id: '1', text_inputs: [{ value: 'Lion' }] };
const OWNER = 'iam AROAROLE';
const sfn = mockClient(SFNClient);
const s3 = mockClient(S3Client);
const table = mockClient(DynamoDBDocumentClient);
afterEach(() => {
  sfn.reset();
  s3.reset();
  table.reset();
});

type Handler = (event: APIGatewayProxyEvent, context: object) => Promise<APIGatewayProxyResult>;
let handler: Handler;
beforeAll(async () => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine',
    VIDEO_BUCKET: 'videos',
    MINIMAX_API_HOST: 'https://api.minimax.io',
    POSTS_PER_DAY: '3',
    NAMESPACE: '123456789012/eu-west-1/TemplateVideo',
    VISIBILITY: 'owner',
    VIDEO_TABLE: 'table',
    LISTED_METADATA: '',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = (await import('../../lambdas/start-video.ts')) as unknown as { handler: Handler });
});

async function post(headers: Readonly<Record<string, string>> = {}, body: object | string = REQUEST) {
  const event = {
    resource: '/videos',
    path: '/videos',
    httpMethod: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    requestContext: {
      requestId: 'r-1',
      path: '/prod/videos',
      identity: { caller: `AROAROLE:session-${randomUUID()}` },
    },
  } as unknown as APIGatewayProxyEvent;
  const answer = await handler(event, { awsRequestId: 'a', getRemainingTimeInMillis: () => 20_000 });
  return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) };
}

const KEY = { 'Idempotency-Key': 'order 17' };
const notFound = new ExecutionDoesNotExist({ message: 'none', $metadata: {} });
const taken = new ExecutionAlreadyExists({ message: 'taken', $metadata: {} });
const describeResponse = { name: 'v', status: 'RUNNING', startDate, input: inputOf(REQUEST) } as const;

function inputOf(request: object): string {
  return JSON.stringify({ ...request, owner: OWNER });
}

function given({ counted = 0 }: { readonly counted?: number } = {}): void {
  const hours = { [new Date().toISOString().slice(0, 13)]: counted };
  table.on(GetCommand).resolves({ Item: { hours, writes: counted } });
  table.on(UpdateCommand).resolves({});
  table.on(QueryCommand).resolves({ Items: [] });
  table.on(PutCommand).resolves({});
  sfn.on(GetExecutionHistoryCommand).resolves({ events: [] });
  sfn.on(DescribeExecutionCommand).rejects(notFound);
  sfn.on(StartExecutionCommand).resolves({ executionArn: 'arn', startDate });
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
}

test('derives the id from caller and key, which all sessions of a role share', async () => {
  given();
  await post(KEY);
  await post(KEY);
  await post({ 'idempotency-key': 'order 18' });
  await post();
  const names = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input.name);
  expect(names[1]).toBe(names[0]);
  expect(new Set(names).size).toBe(3);
});

test('answers the video of a concurrent request that was faster', async () => {
  given();
  sfn.on(StartExecutionCommand).rejects(taken);
  sfn.on(DescribeExecutionCommand).rejectsOnce(notFound).rejectsOnce(notFound).resolves(describeResponse);
  expect(await post(KEY)).toMatchObject({
    status: 202,
    headers: { 'idempotency-replayed': 'true', location: expect.stringMatching(/^\/prod\/videos\//) },
    body: { status: 'queued', template_id: '1' },
  });
});

test('rejects a key that a concurrent request has used with another body', async () => {
  given();
  sfn.on(StartExecutionCommand).rejects(taken);
  sfn
    .on(DescribeExecutionCommand)
    .rejectsOnce(notFound)
    .resolves({ ...describeResponse, input: inputOf({ template_id: '2' }) });
  expect(await post(KEY)).toMatchObject({
    status: 422,
    body: { type: 'urn:template-video:problem:idempotency-key-reused' },
  });
});

test('answers 409 where the concurrent execution cannot be described yet', async () => {
  given();
  sfn.on(StartExecutionCommand).rejects(taken);
  expect(await post(KEY)).toMatchObject({
    status: 409,
    headers: { 'retry-after': '1' },
    body: { type: 'urn:template-video:problem:request-in-progress' },
  });
});

test('starts nothing for a key that has a video', async () => {
  given();
  sfn.on(DescribeExecutionCommand).resolves(describeResponse);
  expect(await post(KEY)).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
});

test('treats bodies with one canonical JSON as equal', async () => {
  given();
  const stored = '{"template_id":"1","metadata":{"a":0,"b":100},"owner":"iam AROAROLE"}';
  sfn.on(DescribeExecutionCommand).resolves({ ...describeResponse, input: stored });
  const text = '{"metadata":{"b":1e2,"a":-0},"template_id":"1"}';
  expect(await post(KEY, text)).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
});

test.each([
  ['{"template_id":"1","metadata":{"b":1e999}}', 'JSON parsers change to null'],
  [String.raw`{"template_id":"1","metadata":{"b":"\ud800"}}`, 'has a lone surrogate'],
])('rejects a body without a canonical form: %s', async (text, why) => {
  given();
  expect(await post(KEY, text)).toMatchObject({
    status: 400,
    body: {
      type: 'urn:template-video:problem:bad-request',
      errors: [{ pointer: '/metadata/b', detail: expect.stringContaining(why) }],
    },
  });
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
});

test('treats bodies as equal where only the spelling of an inline image differs', async () => {
  given();
  const png = pngOf(400, 400);
  const withImage = (value: string) => ({ template_id: '1', media_inputs: [{ value }] });
  await post(KEY, withImage(toDataUrl(png)));
  const [started] = sfn.commandCalls(StartExecutionCommand);
  sfn
    .on(DescribeExecutionCommand)
    .resolves({ ...describeResponse, input: started?.args[0].input.input ?? '' });
  const inLines = `data:;base64,${png.toString('base64').replaceAll(/.{20}/g, '$&\n')}`;
  expect(await post(KEY, withImage(inLines))).toMatchObject({
    status: 202,
    headers: { 'idempotency-replayed': 'true' },
  });
  expect(await post(KEY, withImage(toDataUrl(pngOf(401, 400))))).toMatchObject({ status: 422 });
  expect(await post(KEY, withImage('data:;base64,AAAAA'))).toMatchObject({ status: 422 });
});

test('answers the video of a key although the body breaks a rule by now', async () => {
  given();
  const misfit = { template_id: '393769180141805569' };
  expect(await post({}, misfit)).toMatchObject({ status: 400 });
  sfn.on(DescribeExecutionCommand).resolves({ ...describeResponse, input: inputOf(misfit) });
  expect(await post(KEY, misfit)).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
});

/** Stores `job.json` of an execution that Step Functions has forgotten. */
function remembered(text: string): void {
  s3.on(GetObjectCommand).resolves({ Body: { transformToString: async () => text } as never, ETag: 'e' });
}

const record = {
  video_id: 'v',
  created_at: startDate.toISOString(),
  execution_arn: 'arn:gone',
  owner: OWNER,
  request_digest: requestDigest(REQUEST),
  request: REQUEST,
  task: { task_id: '42', kind: 'template' as const, adopted: false, waiting_since: startDate.toISOString() },
  finished_at: new Date(startDate.getTime() + 60_000).toISOString(),
  status: 'cancelled',
};

test('answers the video of a key from its job document where Step Functions has forgotten it', async () => {
  given();
  remembered(JSON.stringify(record));
  const replayed = await post(KEY);
  expect(replayed).toMatchObject({
    status: 202,
    headers: { 'idempotency-replayed': 'true' },
    body: { video_id: 'v', status: 'cancelled', task_id: '42', template_id: '1' },
  });
  expect(replayed.headers).not.toHaveProperty('retry-after');
  expect(await post(KEY, { ...REQUEST, template_id: '2' })).toMatchObject({
    status: 422,
    body: { type: 'urn:template-video:problem:idempotency-key-reused' },
  });
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
});

test('starts nothing for a key where job.json cannot be read', async () => {
  const unavailable = {
    status: 503,
    headers: { 'retry-after': '5' },
    body: { type: 'urn:template-video:problem:storage-unavailable' },
  };
  given();
  remembered('{"created_at":17}');
  expect(await post(KEY)).toMatchObject(unavailable);
  s3.on(GetObjectCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  expect(await post(KEY)).toMatchObject(unavailable);
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
});

test.each([
  ['an operator', undefined],
  ['another caller', 'iam AROAROLE:other'],
])('says nothing of the video of %s that has the id of a key, and starts nothing', async (_whose, owner) => {
  const theirs = { ...REQUEST, metadata: { secret: 'theirs' } };
  const input = JSON.stringify({ ...theirs, owner });
  const answers = [];
  given();
  sfn.on(DescribeExecutionCommand).resolves({ ...describeResponse, input });
  answers.push(await post(KEY), await post(KEY, theirs));
  given();
  remembered(JSON.stringify({ ...record, owner, request: theirs, request_digest: requestDigest(theirs) }));
  answers.push(await post(KEY), await post(KEY, theirs));
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
  given();
  sfn.on(StartExecutionCommand).rejects(taken);
  sfn
    .on(DescribeExecutionCommand)
    .rejectsOnce(notFound)
    .resolves({ ...describeResponse, input });
  answers.push(await post(KEY, theirs));
  const [first, ...others] = answers;
  expect(first).toEqual({
    status: 422,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      type: 'urn:template-video:problem:idempotency-key-reused',
      title: expect.any(String),
      status: 422,
      retry: 'never',
      detail: expect.stringContaining('belongs to a video that is not yours'),
    },
  });
  expect(others).toEqual(Array(4).fill(first));
});

test('starts an execution with the request and its owner', async () => {
  given();
  await post();
  const [start] = sfn.commandCalls(StartExecutionCommand);
  expect(JSON.parse(start?.args[0].input.input ?? '')).toEqual({ ...REQUEST, owner: OWNER });
});

test('does not claim that nothing was started where the answer to a start was lost', async () => {
  given();
  const throttled = Object.assign(new Error('slow'), { name: 'ThrottlingException' });
  const lost = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  sfn.on(StartExecutionCommand).rejectsOnce(lost).rejects(throttled);
  expect(await post()).toMatchObject({
    status: 500,
    body: { type: 'urn:template-video:problem:unexpected' },
  });
  const names = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input.name);
  expect(names).toHaveLength(4);
  expect(new Set(names).size).toBe(1);
});

test('starts the video whose first start was throttled or lost', async () => {
  given();
  const lost = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  sfn.on(StartExecutionCommand).rejectsOnce(lost).resolves({ executionArn: 'arn', startDate });
  expect(await post()).toMatchObject({ status: 202 });
});

test.each([
  ['a throttled start', Object.assign(new Error('slow'), { name: 'ThrottlingException' })],
  ['too many executions', new ExecutionLimitExceeded({ message: 'full', $metadata: {} })],
])('answers %s with 429', async (_name, error) => {
  given();
  sfn.on(StartExecutionCommand).rejects(error);
  expect(await post()).toMatchObject({
    status: 429,
    headers: { 'retry-after': '5' },
    body: { type: 'urn:template-video:problem:too-many-requests' },
  });
});

test('starts as many videos a day as the limit allows, and says when the next is possible', async () => {
  given({ counted: 2 });
  expect(await post()).toMatchObject({ status: 202 });
  given({ counted: 3 });
  const { status, headers, body } = await post();
  expect({ status, body }).toMatchObject({
    status: 429,
    body: {
      type: 'urn:template-video:problem:daily-limit-reached',
      detail: expect.stringContaining('at most 3 videos within 24 hours'),
    },
  });
  expect(Number(headers?.['retry-after'])).toBeGreaterThan(24 * 3600);
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(1);
});

test('adopts a task also where the limit is reached, and not counted', async () => {
  given({ counted: 3 });
  expect(await post({}, { task_id: '42' })).toMatchObject({ status: 202 });
  expect(table.commandCalls(GetCommand)).toHaveLength(0);
});

const slow = Object.assign(new Error('arn:aws:dynamodb:…'), { name: 'ThrottlingException' });

test.each([
  ['a counted video', REQUEST],
  ['an adoption', { task_id: '42' }],
])('starts nothing for %s while the table fails, and says when to come again', async (_what, body) => {
  given();
  table.rejects(slow);
  for (const command of [GetCommand, QueryCommand, PutCommand] as const)
    table.on(command as never).rejects(slow);
  const answer = await post({}, body);
  expect(answer).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    body: {
      type: 'urn:template-video:problem:table-unavailable',
      detail: expect.stringContaining('(ThrottlingException). Nothing was started'),
    },
  });
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
});

test('starts a video although the table does not take it', async () => {
  given();
  table
    .on(UpdateCommand)
    .rejects(slow)
    .on(UpdateCommand, { Key: { pk: 'starts', sk: 'starts' } })
    .resolves({});
  expect(await post()).toMatchObject({ status: 202 });
});

test.each([
  ['a task that a video of another owner has created', [{ owner: 'iam AROAOTHER', adopted: false }], 404],
  ['a task that a video of the console has created', [{ adopted: false }], 404],
  ['its own task', [{ owner: OWNER, adopted: false }], 202],
  [
    'its own task that another owner has adopted',
    [{ owner: OWNER }, { owner: 'iam AROAOTHER', adopted: true }],
    202,
  ],
])('answers the adoption of %s', async (_what, Items, status) => {
  given();
  table.on(QueryCommand).resolves({ Items });
  const answer = await post({}, { task_id: '42' });
  expect(answer.status).toBe(status);
  expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(status === 202 ? 1 : 0);
  if (status === 404)
    expect(answer.body).toMatchObject({ type: 'urn:template-video:problem:task-not-found' });
});

test('reveals no detail of an unexpected error', async () => {
  given();
  const error = Object.assign(new Error('arn:aws:iam::123456789012:role/Secret'), { name: 'AccessDenied' });
  sfn.on(StartExecutionCommand).rejects(error);
  const { status, body } = await post();
  expect(status).toBe(500);
  expect(body).toEqual({
    type: 'urn:template-video:problem:unexpected',
    title: 'The service has an internal error',
    status: 500,
    retry: 'same_key',
    request_id: 'r-1',
  });
});
