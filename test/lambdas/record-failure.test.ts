import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { after, newJob, submittedJob } from '../core/running-job.ts';

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

/** What lies in the bucket as `job.json`. */
function given(recorded: object | undefined): void {
  s3.on(PutObjectCommand).resolves({});
  if (recorded === undefined) {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
    return;
  }
  const Body = { transformToString: async () => JSON.stringify(recorded) };
  s3.on(GetObjectCommand).resolves({ Body: Body as never, ETag: 'e1' });
}

async function recordedBy(): Promise<readonly unknown[]> {
  const failedJob = await handler(broken, { awsRequestId: 'a', getRemainingTimeInMillis: () => 20_000 });
  expect(failedJob).toMatchObject({ error: { Error: 'VideoUnreachable', money_spent: 'yes' } });
  return s3.commandCalls(PutObjectCommand).map(({ args }) => JSON.parse(String(args[0].input.Body)));
}

const over = { status: 'cancelled', finished_at: after(0).toISOString() };

test.each([
  ['nothing', undefined],
  ['the card of a step', submittedJob],
  ['the record of an end that a redrive has taken up', over],
])('writes what went wrong over %s', async (_what, recorded) => {
  given(recorded);
  expect(await recordedBy()).toMatchObject([{ error: { Error: 'VideoUnreachable' } }]);
});

test('leaves the record of an end that it has outlived alone', async () => {
  given({ ...over, finished_at: new Date(Date.now() + 60_000).toISOString() });
  expect(await recordedBy()).toEqual([]);
});
