import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Execution } from '../../../lambdas/core/video/execution.ts';
import { type Bucket, createBucket } from '../../../lambdas/io/aws/bucket.ts';
import { sweepJobs } from '../../../lambdas/io/completion/sweep.ts';
import { createJobRecords } from '../../../lambdas/io/job/job-record.ts';
import { createVideos } from '../../../lambdas/io/video/videos.ts';
import { startRawPeer } from '../../harness/raw-peer.ts';
import { after, executionKey } from '../../harness/running-job.ts';

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
const signal = new AbortController().signal;

/** The answer of S3, or of a proxy, to each request. */
type Answer = readonly [status: number, code: string] | 'a page under 404' | 'no answer';

const ANSWERS: readonly Answer[] = [
  [404, 'NoSuchKey'],
  [404, 'NoSuchBucket'],
  'a page under 404',
  [403, 'AccessDenied'],
  [412, 'PreconditionFailed'],
  [409, 'ConditionalRequestConflict'],
  [503, 'SlowDown'],
  'no answer',
];

function toBytes(answer: Answer): string {
  if (answer === 'no answer') return '';
  const [status, body, type] =
    answer === 'a page under 404'
      ? [404, '<html><body>Not found</body></html>', 'text/html']
      : [
          answer[0],
          `<Error><Code>${answer[1]}</Code><Message>simulated</Message></Error>`,
          'application/xml',
        ];
  const head = `HTTP/1.1 ${status} Simulated\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}`;
  return `${head}\r\nConnection: close\r\n\r\n${body}`;
}

async function worldOf(answer: Answer): Promise<{ readonly bucket: Bucket }> {
  const { host } = await startRawPeer((socket) => {
    // A peer that keeps the connection would delay the test.
    if (answer === 'no answer') setTimeout(() => socket.destroy(), 50);
    else socket.end(toBytes(answer));
  });
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: host,
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  });
  return { bucket: createBucket('b', client) };
}

/** `absent`, or the name of the error. */
async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => value ?? 'absent',
    (error: Error) => error.name,
  );
}

const READS: Readonly<Record<string, (world: Awaited<ReturnType<typeof worldOf>>) => Promise<unknown>>> = {
  'readText (GetObject)': ({ bucket }) => bucket.readText('videos/v1/job.json'),
  'readJson (GetObject)': ({ bucket }) => bucket.readJson('videos/v1/challenge.json'),
  'findStored (GetObject)': ({ bucket }) => bucket.findStored('videos/v1/video.mp4', '42', signal),
};

const ROWS = (calls: object): readonly (readonly [string, string, Answer])[] =>
  Object.keys(calls).flatMap((call) => ANSWERS.map((answer) => [call, String(answer), answer] as const));

test.each(ROWS(READS))('%s, answered with %s, is absence only for NoSuchKey', async (call, _said, answer) => {
  const outcome = await outcomeOf((READS[call] as (typeof READS)[string])(await worldOf(answer)));
  expect(outcome).toBe(answer[1] === 'NoSuchKey' ? 'absent' : 'StorageUnavailable');
});

const WRITES: Readonly<Record<string, string | undefined>> = {
  'PutObject with If-None-Match': undefined,
  'PutObject with If-Match': '"version"',
};
const PRECONDITION_FAILED: readonly string[] = [
  'NoSuchKey',
  'PreconditionFailed',
  'ConditionalRequestConflict',
];

test.each(ROWS(WRITES))(
  '%s, answered with %s, is not written where the object has another version, or is gone',
  async (call, _said, answer) => {
    const { bucket } = await worldOf(answer);
    const outcome = await outcomeOf(bucket.putVersion('videos/v1/job.json', {}, WRITES[call]));
    const isPreconditionFailed = typeof answer !== 'string' && PRECONDITION_FAILED.includes(answer[1]);
    expect(outcome).toBe(isPreconditionFailed ? 'absent' : 'StorageUnavailable');
  },
);

const OTHERS: Readonly<Record<string, (world: Awaited<ReturnType<typeof worldOf>>) => Promise<unknown>>> = {
  ListObjectsV2: async ({ bucket }) => {
    for await (const jobs of bucket.listJobs(signal)) return jobs;
    return undefined;
  },
  'putJson (PutObject)': ({ bucket }) => bucket.putJson('videos/v1/callback.json', {}),
  'remove (DeleteObject)': ({ bucket }) => bucket.remove('videos/v1/callback.json'),
};

test.each(ROWS(OTHERS))('%s, answered with %s, throws StorageUnavailable', async (call, _said, answer) => {
  expect(await outcomeOf((OTHERS[call] as (typeof OTHERS)[string])(await worldOf(answer)))).toBe(
    'StorageUnavailable',
  );
});

/** A stopped execution. Only the job document may contain its task. */
const stopped: Execution = {
  arn: executionKey.execution_arn,
  name: 'v1',
  status: 'ABORTED',
  startDate: after(0),
  stopDate: after(10),
  redriveCount: 0,
  input: { template_id: '1' },
};

describe.each(ANSWERS.map((answer) => [String(answer), answer] as const))(
  'where S3 answers %s',
  (_said, answer) => {
    const isAbsent = answer[1] === 'NoSuchKey';
    const job = { videoId: 'v1', modifiedAt: after(0) };
    async function* listJobs() {
      yield [job];
    }

    test.runIf(!isAbsent)('GET, DELETE and a repeated POST fail, and hide no stored task', async () => {
      const { bucket } = await worldOf(answer);
      const records = createJobRecords(bucket);
      const executions = { find: async () => undefined };
      const videos = createVideos({ records, bucket, executions, visibility: 'owner' });
      expect(await outcomeOf(videos.find('v1'))).toBe('StorageUnavailable');
      expect(await outcomeOf(videos.of(stopped))).toBe('StorageUnavailable');
      expect(await outcomeOf(videos.of({ ...stopped, status: 'FAILED', error: 'VideoExistsAlready' }))).toBe(
        'StorageUnavailable',
      );
    });

    test.runIf(!isAbsent)('the sweep counts a failure', async () => {
      const { bucket } = await worldOf(answer);
      const records = createJobRecords(bucket);
      const executions = {
        stateOf: async () => 'gone' as const,
        start: async () => undefined,
      };
      const nothing = async () => ({ video_id: 'v1', skipped: 'foreign' }) as const;
      const announcer = { announce: nothing, announceForgotten: nothing };
      const index = { mend: async () => 0 };
      const peers = { bucket: { listJobs }, records, executions, announcer, index, warn: () => undefined };
      expect(await sweepJobs(peers, () => after(7200), signal)).toEqual({ failures: 1, behind: 0 });
    });

    test.runIf(isAbsent)('there is no video', async () => {
      const { bucket } = await worldOf(answer);
      const records = createJobRecords(bucket);
      const executions = { find: async () => undefined };
      const videos = createVideos({ records, bucket, executions, visibility: 'owner' });
      expect(await videos.find('v1')).toBeUndefined();
      expect(await videos.of(stopped)).toEqual({ by: 'execution', execution: stopped });
    });
  },
);
