import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { requestDigest } from '../../lambdas/core/job/request-digest.ts';
import { after, executionKey, newJob, request, submittedJob } from '../harness/running-job.ts';

const s3 = mockClient(S3Client);
afterEach(() => s3.reset());

type Handler = (broken: object, context: object) => Promise<object>;
let handler: Handler;
beforeAll(async () => {
  const environment = { AWS_REGION: 'eu-west-1', VIDEO_BUCKET: 'videos', RECORD_WAIT_SECONDS: '0' };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = (await import('../../lambdas/record-failure.ts')) as unknown as { handler: Handler });
});

const broken = {
  ...newJob,
  job: {
    ...submittedJob,
    error: { Error: 'VideoUnreachable', Cause: '{"errorMessage":"The file is gone."}' },
  },
};

/** Stores this as `job.json`. */
function given(recorded: object | undefined): void {
  s3.on(PutObjectCommand).resolves({ ETag: 'e2' });
  if (recorded === undefined) {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
    return;
  }
  const Body = { transformToString: async () => JSON.stringify(recorded) };
  s3.on(GetObjectCommand).resolves({ Body: Body as never, ETag: 'e1' });
}

function failedBy(job: object = broken): Promise<object> {
  return handler(job, { awsRequestId: 'a', getRemainingTimeInMillis: () => 20_000 });
}

function puts() {
  return s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
}

async function recordedBy(): Promise<readonly unknown[]> {
  expect(await failedBy()).toMatchObject({ error: { Error: 'VideoUnreachable', money_spent: 'yes' } });
  return puts().map(({ Body }) => JSON.parse(String(Body)));
}

const ATTEMPT = { id: 'random', redrive_count: 0, retry_count: 0 };
const TIMEOUT = { Error: 'Sandbox.Timedout', Cause: '{}' };
const over = { ...executionKey, status: 'cancelled', finished_at: after(0).toISOString() };

test.each([
  ['nothing', undefined],
  ['the job document of a step', submittedJob],
  ['the record of an end before a redrive', over],
])('writes what went wrong over %s', async (_what, recorded) => {
  given(recorded);
  expect(await recordedBy()).toMatchObject([{ error: { Error: 'VideoUnreachable' } }]);
});

test('keeps the record of an end that came after it began', async () => {
  given({ ...over, finished_at: new Date(Date.now() + 60_000).toISOString() });
  expect(await recordedBy()).toEqual([]);
});

test('keeps the claim and the task, and replaces only the version that was read', async () => {
  const claim = { owner: 'arn:caller', request_digest: 'd', attempt: ATTEMPT };
  given({ ...submittedJob, ...claim });
  expect(await recordedBy()).toMatchObject([{ ...executionKey, ...claim, task: submittedJob.task }]);
  expect(puts()).toMatchObject([{ Key: 'videos/v1/job.json', IfMatch: 'e1' }]);
});

test('makes the object where there is none, which shuts a late create out', async () => {
  given(undefined);
  await failedBy({ ...newJob, job: { ...request, owner: 'arn:caller', error: TIMEOUT } });
  expect(puts()).toMatchObject([{ IfNoneMatch: '*' }]);
  expect(JSON.parse(String(puts()[0]?.Body))).toMatchObject({
    ...executionKey,
    request,
    owner: 'arn:caller',
    request_digest: requestDigest(request),
    error: { Error: 'SubmitOutcomeUnknown' },
  });
});

test('touches nothing that another execution holds, and says how to get its own task', async () => {
  given({ ...submittedJob, execution_arn: 'arn:another' });
  expect(await failedBy()).toMatchObject({
    error: { Error: 'VideoExistsAlready', money_spent: 'maybe', retry: 'adopt' },
  });
  expect(puts()).toEqual([]);
});

test('touches nothing that is no job document, and names its key', async () => {
  given({ task: 17 });
  expect(await failedBy()).toMatchObject({
    error: {
      Error: 'VideoUnreachable',
      Cause: expect.stringContaining('videos/v1/job.json is not a job document'),
    },
  });
  expect(puts()).toEqual([]);
});
