import { createServer } from 'node:http';
import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { toVideoRequest } from '../../lambdas/core/api/request.ts';
import { videoSchema } from '../../lambdas/core/api/response.ts';
import { toRecord } from '../../lambdas/core/completion/video-record.ts';
import type { CheckedJob, SubmittedJob } from '../../lambdas/core/job/job.ts';
import { jobKey } from '../../lambdas/core/storage-keys.ts';
import { toVideo } from '../../lambdas/core/video/video.ts';
import { acceptRequest, extractImages } from '../../lambdas/io/video/accept-request.ts';
import { listen, readBody } from '../../local/loopback-server.ts';
import { pngOf, toDataUrl } from '../harness/images.ts';
import { executionKey, newJob } from '../harness/running-job.ts';
import { API_KEY } from '../harness/running-service.ts';
import { appWith, definitionOf, resolvedTemplateOf } from '../harness/synthesized.ts';

// The list of the kinds is a constant of the program. Here it has one line more.
vi.mock(import('../../lambdas/core/minimax/kinds.ts'), async (importOriginal) => {
  const { toy } = await import('../harness/toy-kind.ts');
  return { KINDS: { ...(await importOriginal()).KINDS, toy } };
});

const IMAGE = toDataUrl(pngOf(301, 301));
const REQUEST = {
  model: 'Robot-1',
  content: [{ text: 'A robot waves.' }, { image: { url: IMAGE } }],
  metadata: { order: 17 },
};
const { metadata: _metadata, ...BODY } = REQUEST;
const CONTEXT = { awsRequestId: 'a', getRemainingTimeInMillis: () => 60_000 };
const HOST = 'https://api.minimax.io';

type Step<Result> = (job: object, context: typeof CONTEXT) => Promise<Result>;
let submit: Step<SubmittedJob>;
let adopt: Step<SubmittedJob>;
let check: Step<CheckedJob>;
let recordFailure: Step<{ readonly error: unknown; readonly task?: object }>;

const s3 = mockClient(S3Client);
const objects = new Map<string, { readonly text: string; readonly version: string }>();
let versions = 0;
/** What the server has been asked, and what it answers to the next call. */
const calls: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
let answer: object = {};

beforeAll(async () => {
  const http = createServer();
  const { url, stop } = await listen(
    http,
    async (request, response) => {
      const text = await readBody(request);
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      calls.push({ method: request.method ?? '', path: request.url ?? '', body });
      response.end(JSON.stringify(answer));
    },
    0,
  );
  mockClient(DynamoDBDocumentClient).on(UpdateCommand).resolves({});
  mockClient(SecretsManagerClient).on(GetSecretValueCommand).resolves({ SecretString: API_KEY });
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    MINIMAX_API_HOST: url,
    MINIMAX_KEY_SECRET: 'minimax/api-key',
    MINIMAX_TIMEOUT_SECONDS: '10',
    FIRST_WAIT_SECONDS: '30',
    POLL_SECONDS: '10',
    GIVE_UP_AFTER_SECONDS: '1000000000',
    VIDEO_BUCKET: 'videos',
    VISIBILITY: 'owner',
    VIDEO_TABLE: 'table',
    LISTED_METADATA: '',
    RECORD_WAIT_SECONDS: '0',
    QUERY_PAUSE_SECONDS: '0.001',
    TRUSTED_DOWNLOAD_ORIGINS: '',
    CALLBACK_URL: '',
    CALLBACK_SECRET: '',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const handlerOf = async (module: Promise<object>) => ((await module) as { handler: Step<never> }).handler;
  submit = await handlerOf(import('../../lambdas/submit-task.ts'));
  adopt = await handlerOf(import('../../lambdas/adopt-task.ts'));
  check = await handlerOf(import('../../lambdas/check-task.ts'));
  recordFailure = await handlerOf(import('../../lambdas/record-failure.ts'));
  return stop;
});

beforeEach(() => {
  calls.splice(0);
  objects.clear();
  s3.on(GetObjectCommand).callsFake(async ({ Key }) => {
    const found = objects.get(Key);
    if (found === undefined) throw new NoSuchKey({ message: 'none', $metadata: {} });
    return { Body: { transformToString: async () => found.text }, ETag: found.version };
  });
  s3.on(PutObjectCommand).callsFake(async ({ Key, Body, IfMatch }) => {
    if (objects.get(Key)?.version !== IfMatch) throw overtaken();
    versions += 1;
    const version = `"${versions}"`;
    objects.set(Key, { text: String(Body), version });
    return { ETag: version };
  });
});

function overtaken(): S3ServiceException {
  return new S3ServiceException({
    name: 'PreconditionFailed',
    $fault: 'client',
    $metadata: { httpStatusCode: 412 },
  });
}

function storedJob(): unknown {
  return JSON.parse(objects.get(jobKey(executionKey.video_id))?.text ?? 'null');
}

async function submitted(): Promise<SubmittedJob> {
  answer = { task_id: '77' };
  return submit({ ...newJob, request: REQUEST }, CONTEXT);
}

test('is created by its own call, with its own body', async () => {
  const job = await submitted();
  expect(calls).toEqual([{ method: 'POST', path: '/v2/toy_generation', body: BODY }]);
  expect(job.task).toMatchObject({ task_id: '77', kind: 'toy', adopted: false });
  expect(storedJob()).toMatchObject({ task: { task_id: '77', kind: 'toy' } });
});

test('keeps no image in the job document', async () => {
  expect(JSON.stringify(await submitted())).toMatch(/"url":"data:image\/png \(inline, \d+ bytes, SHA-256/);
  expect(JSON.stringify(storedJob())).not.toContain(IMAGE);
});

test.each([
  ['queued', {}, 'running'],
  ['succeeded', { content: { url: 'https://cdn.example/v.mp4' } }, 'succeeded'],
  ['cancelled', { error: { code: '1027' } }, 'failed'],
])('is asked about by its own call: %s', async (word, fields, status) => {
  const job = await submitted();
  answer = { task: { id: '77', status: word, ...fields } };
  const checked = await check(job, CONTEXT);
  expect(calls.at(-1)).toMatchObject({ method: 'GET', path: '/v2/query/toy_generation/77' });
  expect(checked).toMatchObject({ check: { status, minimax_status: word } });
  expect(checked.error?.Error).toBe(status === 'failed' ? 'ContentRejected' : undefined);
});

test('is adopted under its name, and then asked about by its own call', async () => {
  const job = await adopt({ ...newJob, request: { task_id: '77', kind: 'toy' } }, CONTEXT);
  answer = { task: { id: '77', status: 'running' } };
  expect(await check(job, CONTEXT)).toMatchObject({ task: { kind: 'toy' }, check: { status: 'running' } });
  expect(calls).toMatchObject([{ path: '/v2/query/toy_generation/77' }]);
});

test('fails with an explanation that names it', async () => {
  const failed = { ...newJob, job: { ...REQUEST, error: { Error: 'Sandbox.Timedout', Cause: '{}' } } };
  const unknown = await recordFailure(failed, CONTEXT);
  expect(unknown.error).toMatchObject({
    Error: 'SubmitOutcomeUnknown',
    Cause: expect.stringContaining('Search for a task of the toy Robot-1 made between'),
  });
  objects.clear();
  const job = {
    ...(await submitted()),
    error: { Error: 'GaveUpWaiting', Cause: '{"errorMessage":"Too long."}' },
  };
  expect(await recordFailure({ ...newJob, job }, CONTEXT)).toMatchObject({
    task: { kind: 'toy' },
    error: { Cause: expect.stringContaining('with task_id "77" and kind "toy".') },
  });
});

test('is rejected by its own rules, before anything is sent', async () => {
  const wrong = { model: 7, content: [], template_id: '1' };
  expect(toVideoRequest({ ...wrong, template_id: undefined })).toMatchObject({ ok: false });
  expect(toVideoRequest({ model: 7, content: [] })).toEqual({
    ok: false,
    issues: [{ pointer: '/model', detail: 'must be a string; given the number 7' }],
  });
  expect(toVideoRequest({ task_id: '1', model: 'Robot-1' })).toMatchObject({
    issues: [{ pointer: '/model', detail: expect.stringContaining('cannot be combined with task_id') }],
  });
  expect(toVideoRequest({ task_id: '1', kind: 'cartoon' })).toMatchObject({
    issues: [{ pointer: '/kind', detail: expect.stringContaining('must be one of template, toy') }],
  });
  await expect(submit({ ...newJob, request: { model: 'Robot-1', content: [] } }, CONTEXT)).rejects.toThrow(
    '/content needs a text',
  );
  expect(calls).toEqual([]);
});

test('has its images put into the bucket by the API', () => {
  const rules = { host: HOST, bucket: 'videos', visibility: 'owner', owner: 'iam A' } as const;
  const { request, images } = acceptRequest(extractImages(REQUEST, rules), rules);
  expect(request).toMatchObject({ content: [{}, { image: { url: `s3://videos/${images[0]?.key}` } }] });
});

test('is shown and recorded with its name and its price', () => {
  const execution = {
    arn: executionKey.execution_arn,
    name: executionKey.video_id,
    status: 'ABORTED',
    startDate: new Date(executionKey.created_at),
    stopDate: new Date(executionKey.created_at),
    redriveCount: 0,
    input: REQUEST,
  } as const;
  expect(videoSchema.shape).toHaveProperty('model');
  expect(toVideo(execution, execution.stopDate)).toMatchObject({ model: 'Robot-1', metadata: { order: 17 } });
  const stats = { transitions: 0, isComplete: true, durations: {} };
  const record = toRecord({ execution, stats, host: HOST, version: '1', nodeVersion: 'v24' });
  expect(record).toMatchObject({ template_name: 'Toy', price: { template_usd: 0.25 } });
});

test('is let into Submit task by the workflow', () => {
  const { States } = definitionOf(resolvedTemplateOf(appWith()));
  expect(States['Task given?']?.Choices).toEqual([
    { Variable: '$.task_id', IsPresent: true, Next: 'Adopt task' },
    { Variable: '$.template_id', IsPresent: true, Next: 'Submit task' },
    { Variable: '$.model', IsPresent: true, Next: 'Submit task' },
  ]);
});
