import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { jobKey } from '../../lambdas/core/storage-keys.ts';
import { toCallbackToken } from '../../lambdas/io/callback/token.ts';
import { after, executionKey } from '../harness/running-job.ts';

const s3 = mockClient(S3Client);
const secrets = mockClient(SecretsManagerClient);
mockClient(SFNClient);

type Handler = (event: Partial<APIGatewayProxyEvent>, context: object) => Promise<APIGatewayProxyResult>;
let handler: Handler;
beforeAll(async () => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    VIDEO_BUCKET: 'videos',
    CALLBACK_SECRET: 'callbacks',
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = (await import('../../lambdas/receive-callback.ts')) as unknown as { handler: Handler });
});

beforeEach(() => {
  secrets.on(GetSecretValueCommand).resolves({ SecretString: 'a secret' });
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
  s3.on(PutObjectCommand).resolves({ ETag: 'e1' });
});
afterEach(() => {
  s3.reset();
  secrets.reset();
  vi.restoreAllMocks();
});

const { video_id } = executionKey;
const TOKEN = toCallbackToken('a secret', video_id);

/** @returns the answer, and the lines of the log */
async function call(body: string, token = TOKEN) {
  const lines: Record<string, unknown>[] = [];
  for (const level of ['info', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  const requestContext = { requestId: 'r1', identity: {} } as APIGatewayProxyEvent['requestContext'];
  const route = { httpMethod: 'POST', resource: '/callbacks/{video_id}/{token}', headers: {} };
  const event = { ...route, pathParameters: { video_id, token }, body, requestContext };
  const answer = await handler(event, { awsRequestId: 'a' });
  return { answer, lines };
}

function putKeys(): readonly unknown[] {
  return s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.Key);
}

test.each([
  ['{"task_id":"1","status":"Success"}', 'callback', '{}', 'callback.json'],
  ['{"challenge":"abc"}', 'challenge', '{"challenge":"abc"}', 'challenge.json'],
])(
  'stores and answers %s before the video has a job document, and logs the outcome',
  async (body, outcome, answered, file) => {
    const { answer, lines } = await call(body);
    const headers = { 'content-type': 'application/json' };
    expect(answer).toStrictEqual({ statusCode: 200, headers, body: answered });
    expect(putKeys()).toEqual([`videos/${video_id}/${file}`]);
    expect(lines).toMatchObject([{ message: 'answered', status: 200, outcome, video_id }]);
  },
);

test('answers a wrong token and an ended video alike, and stores nothing', async () => {
  const rejected = await call('{}', 'wrong');
  const ended = { ...executionKey, status: 'succeeded', created_at: after(0), finished_at: after(60) };
  const Body = { transformToString: async () => JSON.stringify(ended) };
  s3.on(GetObjectCommand).resolves({ Body: Body as never, ETag: 'e1' });
  const late = await call('{}');
  expect(rejected.answer).toMatchObject({ statusCode: 404 });
  expect(late.answer).toEqual(rejected.answer);
  expect(putKeys()).toEqual([]);
});

test('stores a callback of a video that runs again after its end', async () => {
  const redriven = { redrive_count: 1, at: after(90) };
  const ended = { ...executionKey, status: 'failed', created_at: after(0), finished_at: after(60), redriven };
  const Body = { transformToString: async () => JSON.stringify(ended) };
  s3.on(GetObjectCommand, { Key: jobKey(video_id) }).resolves({ Body: Body as never, ETag: 'e1' });
  expect((await call('{"task_id":"1","status":"Success"}')).answer.statusCode).toBe(200);
  expect(putKeys()).toEqual([`videos/${video_id}/callback.json`]);
});

test.each(['AccessDenied', 'SlowDown', 'ThrottlingException', 'TooManyRequestsException'])(
  'answers %s of S3 with 500, without a word of it, and logs it',
  async (name) => {
    s3.on(GetObjectCommand).rejects(Object.assign(new Error('the bucket videos'), { name }));
    const { answer, lines } = await call('{}');
    expect(answer.statusCode).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({ request_id: 'r1' });
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${name}|videos|[Ss]torage|retry-after`));
    expect(lines).toMatchObject([{ level: 'ERROR' }, { message: 'answered', status: 500 }]);
    expect(JSON.stringify(lines[0])).toContain(name);
  },
);

test('answers a secret that cannot be read with 500, without a word of it', async () => {
  secrets.on(GetSecretValueCommand).rejects(Object.assign(new Error('no'), { name: 'ThrottlingException' }));
  vi.setSystemTime(Date.now() + 600_000);
  const { answer } = await call('{}');
  vi.useRealTimers();
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toMatch(/Throttling|AWS/);
});
