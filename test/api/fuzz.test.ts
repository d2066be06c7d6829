import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  InvalidToken,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type * as z from 'zod/mini';
import {
  acceptedVideoSchema,
  problemSchema,
  uploadSchema,
  videoListSchema,
  videoSchema,
} from '../../lambdas/core/api/response.ts';
import { catalogueSchema } from '../../lambdas/core/minimax/templates.ts';
import { pngOf, toDataUrl } from '../harness/images.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { type ApiAnswer, type ApiCaller, type ApiRequest, onHandlers, overHttp } from './api-caller.ts';

const [RUNS, RUNS_OVER_HTTP] = inject('isLong') ? [12_000, 1_000] : [6_000, 100];

const GOOD_IMAGE = REQUEST.media_inputs[0]?.value;

const sfn = mockClient(SFNClient);
const s3 = mockClient(S3Client);
/** By their names: the input, and how each is doing. */
const executions = new Map<string, { readonly input: string; readonly status: ExecutionStatus }>();
/** Of those that can be asked for. */
const KNOWN = ['known-1', 'known-2', 'known-3', 'known-4', 'known-5'] as const;
const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'] as const;
/** What an operator may have typed in the console. */
const INPUTS: readonly string[] = [
  '{"template_id":"1","metadata":{"a":1}}',
  '{"task_id":"42"}',
  '[]',
  '"text"',
  'null',
];
const OUTPUT = JSON.stringify({
  wait_seconds: 10,
  task: { task_id: '42' },
  check: { polls: 2, status: 'running' },
  video: { bucket: 'videos', key: 'videos/1/video.mp4', bytes: 9, sha256: 'ab', content_type: 'video/mp4' },
});
let handlers: ApiCaller;
let running: RunningService;

beforeAll(async () => {
  running = await startRunningService();
  handlers = await onHandlers({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine',
    VIDEO_BUCKET: 'videos',
    MINIMAX_API_HOST: 'https://api.minimax.io',
    POSTS_PER_DAY: '0',
    NAMESPACE: '123456789012/eu-west-1/TemplateVideo',
  });
});
afterAll(() => running.stop());

/** Step Functions as it is documented, and an S3 that takes everything. */
function forget(): void {
  executions.clear();
  for (const [index, name] of KNOWN.entries())
    executions.set(name, { input: INPUTS[index] ?? '{}', status: STATUSES[index] ?? 'RUNNING' });
  sfn.reset();
  s3.reset();
  s3.onAnyCommand().resolves({});
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
  sfn.on(StartExecutionCommand).callsFake(async ({ name, input }) => {
    if (executions.has(name)) throw new ExecutionAlreadyExists({ message: name, $metadata: {} });
    executions.set(name, { input, status: 'RUNNING' });
    return { executionArn: name, startDate: new Date() };
  });
  sfn.on(DescribeExecutionCommand).callsFake(async ({ executionArn }) => {
    if (/[^\x20-\x7e]/.test(executionArn))
      throw Object.assign(new Error('arn'), { name: 'ValidationException' });
    const name = executionArn.split(':').at(-1);
    const found = executions.get(name);
    if (found === undefined) throw new ExecutionDoesNotExist({ message: executionArn, $metadata: {} });
    const ended = found.status === 'RUNNING' ? {} : { stopDate: new Date() };
    const output = found.status === 'SUCCEEDED' ? { output: OUTPUT } : {};
    return { name, startDate: new Date(), ...found, ...ended, ...output };
  });
  sfn.on(StopExecutionCommand).callsFake(async ({ executionArn }) => {
    const name = executionArn.split(':').at(-1);
    executions.set(name, { input: executions.get(name)?.input ?? '{}', status: 'ABORTED' });
    return { stopDate: new Date() };
  });
  sfn.on(GetExecutionHistoryCommand).resolves({
    events: [
      {
        id: 1,
        type: 'WaitStateEntered',
        timestamp: new Date(),
        stateEnteredEventDetails: { name: 'Wait', input: OUTPUT },
      },
    ],
  });
  sfn.on(ListExecutionsCommand).callsFake(async ({ nextToken }) => {
    if (nextToken !== undefined && nextToken !== 'page 2')
      throw new InvalidToken({ message: nextToken, $metadata: {} });
    return { executions: [], nextToken: 'page 2' };
  });
}

const ANSWERS: Readonly<Record<string, z.ZodMiniType>> = {
  'POST /videos': acceptedVideoSchema,
  'GET /videos': videoListSchema,
  'GET /videos/{video_id}': videoSchema,
  'DELETE /videos/{video_id}': videoSchema,
  'POST /uploads': uploadSchema,
  'GET /templates': catalogueSchema,
};

/** Never a 5xx, and always an answer of its documented shape. @returns the call that was answered, or that it was refused */
function requireDocumented({ method, path }: ApiRequest, { status, headers, text }: ApiAnswer): string {
  expect(status).toBeLessThan(500);
  const json = JSON.parse(text);
  if (status >= 400) {
    expect(headers['content-type']).toBe('application/problem+json');
    expect(problemSchema.safeParse(json)).toMatchObject({ success: true });
    expect(json.status).toBe(status);
    return 'refused';
  }
  const resource = path.replace(/^\/videos\/[^/]+$/, '/videos/{video_id}').replace(/(.)\/$/, '$1');
  const call = `${method} ${resource}`;
  expect(ANSWERS[call]?.safeParse(json)).toMatchObject({ success: true });
  return call;
}

const id = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[\w-]{1,64}$/) },
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const image = fc.oneof(
  fc.constantFrom(
    ...REQUEST.media_inputs.map(({ value }) => value),
    toDataUrl(pngOf(10, 10)),
    'https://example.com/pet.jpg',
    's3://videos/uploads/pet',
    's3://videos/videos/1/video.mp4',
    'S3://videos/uploads/pet',
    'data:image/png;base64,',
    'data:image/png;base64,=',
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => toDataUrl(Buffer.from(bytes))),
  fc.webUrl(),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const inputs = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: fc.array(fc.record({ value }), { maxLength: 3 }) }, fc.jsonValue());
const field: fc.Arbitrary<object> = fc.oneof(
  fc.record({ template_id: fc.oneof(id, fc.constant(REQUEST.template_id)) }),
  fc.record({ task_id: id }),
  fc.record({ media_inputs: inputs(image) }),
  fc.record({ text_inputs: inputs(fc.oneof(fc.string(), fc.jsonValue())) }),
  fc.record({ metadata: fc.jsonValue({ maxDepth: 30 }) }),
  fc.record({ content_type: fc.oneof(fc.constantFrom('image/png', 'image/gif'), fc.jsonValue()) }),
  fc.record({ bytes: fc.oneof(fc.integer(), fc.nat(30_000_000), fc.jsonValue()) }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
);
/** Objects with some fields right and some wrong, any JSON, and what is none. */
const body = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(field, { maxLength: 4 })
      .map((fields) => JSON.stringify(Object.assign({}, ...fields))),
  },
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constant(JSON.stringify(REQUEST)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
const uploadBody = fc.oneof(
  body,
  fc
    .record({
      content_type: fc.constantFrom('image/png', 'image/webp'),
      bytes: fc.integer({ max: 30_000_000 }),
    })
    .map((wanted) => JSON.stringify(wanted)),
);
const headers = fc.record(
  {
    'Content-Type': fc.oneof(
      { weight: 6, arbitrary: fc.constant('application/json') },
      fc.constantFrom('text/plain', 'application/json;charset=utf-8', 'APPLICATION/JSON'),
      fc.stringMatching(/^[\x20-\x7e]*$/),
    ),
    'Idempotency-Key': fc.oneof(
      fc.stringMatching(/^[\x20-\x7e]{0,300}$/),
      fc.string({ unit: 'binary' }),
      fc.constant('k'),
    ),
  },
  { requiredKeys: ['Content-Type'] },
);
const segment = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webSegment(),
  fc.constantFrom('..', '%', '%00', 'videos'),
);
const path = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('/videos', '/uploads', '/templates') },
  { weight: 3, arbitrary: segment.map((part) => `/videos/${encodeSafely(part)}`) },
  { weight: 3, arbitrary: fc.constantFrom(...KNOWN).map((name) => `/videos/${name}`) },
  fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.map(encodeSafely).join('/')}`),
);
const query = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('status', 'limit', 'cursor'), fc.string()),
      fc.oneof(
        fc.constantFrom(
          'running',
          'failed',
          'queued',
          '1',
          '100',
          '0',
          Buffer.from('page 2').toString('base64url'),
        ),
        fc.base64String(),
        fc.string({ unit: 'binary' }),
      ),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${encodeSafely(name)}=${encodeSafely(value)}`).join('&'));
const method = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('GET', 'POST', 'DELETE') },
  fc.constantFrom('PUT', 'PATCH', 'OPTIONS', 'HEAD'),
);
const anyRequest: fc.Arbitrary<ApiRequest> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ method: fc.constant('POST'), path: fc.constant('/videos'), headers, body }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constant('POST'),
      path: fc.constant('/uploads'),
      headers,
      body: uploadBody,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constantFrom('GET', 'DELETE'),
      path: fc.constantFrom(...KNOWN).map((name) => `/videos/${name}`),
    }),
  },
  { weight: 1, arbitrary: fc.record({ method: fc.constant('GET'), path, query }) },
  { weight: 1, arbitrary: fc.record({ method, path, query, headers, body }) },
);

function encodeSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What a request has to be, said once more and in other words than the schemas. */
function couldBeStarted(text: string): boolean {
  const request = parsed(text) as Record<string, unknown> | null | undefined;
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return false;
  const isId = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);
  const isList = (value: unknown, isRight: (item: string) => boolean): boolean =>
    value === undefined ||
    (Array.isArray(value) &&
      value.every(
        (item) =>
          typeof item === 'object' &&
          item !== null &&
          Object.keys(item).join() === 'value' &&
          typeof item.value === 'string' &&
          isRight(item.value),
      ));
  const { task_id, template_id, media_inputs, text_inputs, metadata, ...rest } = request;
  if (Object.keys(rest).length > 0) return false;
  if (
    metadata !== undefined &&
    (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
  )
    return false;
  if ('task_id' in request)
    return isId(task_id) && Object.keys(request).every((key) => /^(task_id|metadata)$/.test(key));
  return (
    isId(template_id) &&
    fitsTemplate(template_id, media_inputs, text_inputs) &&
    isList(text_inputs, (text_) => text_ !== '') &&
    isList(
      media_inputs,
      (value) => value === GOOD_IMAGE || /^(https?:|s3:\/\/videos\/uploads\/)/i.test(value),
    )
  );
}

/** Run for Life takes one of each; the other templates are unknown. */
function fitsTemplate(templateId: unknown, media: unknown, texts: unknown): boolean {
  const isOne = (list: unknown): boolean => Array.isArray(list) && list.length === 1;
  return templateId !== REQUEST.template_id || (isOne(media) && isOne(texts));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

test(`answers ${RUNS} requests of any kind as documented, and starts nothing for a wrong one`, async () => {
  const seen = new Map<number, number>();
  const served = new Map<string, number>();
  forget();
  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const before = executions.size;
      const answer = await handlers.call(request);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      const call = requireDocumented(request, answer);
      served.set(call, (served.get(call) ?? 0) + 1);
      const begun = executions.size - before;
      if (answer.status !== 202) expect(begun).toBe(0);
      if (begun > 0) expect(couldBeStarted(String(request.body ?? ''))).toBe(true);
      if (executions.size > 20 || executions.get(KNOWN[0])?.status !== 'RUNNING') forget();
    }),
    { numRuns: RUNS },
  );
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 201, 202, 400, 403, 404, 415, 422]));
  for (const call of Object.keys(ANSWERS)) expect(served.get(call), call).toBeGreaterThan(10);
  for (const status of [200, 201, 202, 400, 403, 404, 415]) expect(seen.get(status)).toBeGreaterThan(10);
}, 300_000);

test(`answers ${RUNS_OVER_HTTP} of them over HTTP without a 5xx`, async () => {
  sfn.restore();
  s3.restore();
  const caller = overHttp(running);
  const isSendable = ({ method: verb, headers: given = {} }: ApiRequest): boolean =>
    verb !== 'HEAD' && Object.values(given).every((value) => /^[\x20-\x7e]*$/.test(value));
  await fc.assert(
    fc.asyncProperty(anyRequest.filter(isSendable), async (request) => {
      const { engine } = running.service;
      const before = engine.executions.size;
      const { body: text, ...bare } = request;
      const answer = await caller.call(/GET/.test(request.method) ? bare : request);
      requireDocumented({ ...request, path: new URL(`http://x${request.path}`).pathname }, answer);
      if (answer.status !== 202) expect(engine.executions.size).toBe(before);
    }),
    { numRuns: RUNS_OVER_HTTP },
  );
}, 300_000);
