import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListMultipartUploadsCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { finishedJob } from '../../bench/copy/finished-job.ts';
import type { CheckedJob } from '../../lambdas/core/job/job.ts';
import { createCredentials } from '../../local/aws/credentials.ts';
import { awsEnvironment } from '../../local/aws/environment.ts';
import { startAwsEndpoint } from '../../local/aws/json-endpoint.ts';
import { secretsManagerApi } from '../../local/aws/secrets-manager-api.ts';
import type { WorkerReply } from '../../local/lambda/function-worker.ts';
import { type LambdaHost, startLambdaHost } from '../../local/lambda/lambda-host.ts';
import { startObjectStore } from '../../local/s3/object-store.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { type Simulator, startSimulator } from '../../local/simulator/simulator.ts';
import { functionOf, readDeployment } from '../../local/template/deployment.ts';
import { REGION } from '../../local/template/template.ts';
import { MAX_MEGABYTES, VIDEO_BYTES, type VideoSize } from '../copy/rows.ts';
import { startWire, type Wire } from '../copy/wire.ts';
import { copyAssembly } from './assembly.ts';
import { mp4Head } from './mp4-file.ts';
import { API_KEY } from './running-service.ts';

/** The bundled `Copy video` with everything that it talks to; the way to the file leads over a wire that can break. */
export interface CopyWorld extends AsyncDisposable {
  readonly folder: string;
  readonly simulator: Simulator;
  readonly wire: Wire;
  readonly videos: Readonly<Record<VideoSize, Buffer>>;
  /** A finished task of MiniMax's, as the step before hands it on. */
  makeJob(script: Scenario): CheckedJob;
  copy(job: CheckedJob): Promise<WorkerReply>;
  /** Another instance of the function, in which these variables have these values. */
  startFunction(
    variables: Readonly<Record<string, string>>,
    timeoutSeconds?: number,
  ): LambdaHost & { copy: CopyWorld['copy'] };
  read(key: string): Promise<(GetObjectCommandOutput & { readonly content: Buffer }) | undefined>;
  /** @param value as JSON, where it is no text */
  write(key: string, value: object | string): Promise<void>;
  /** The keys of uploads that nobody has finished or taken back. */
  unfinishedUploads(): Promise<readonly string[]>;
  /** Takes back all of them, as the bucket's own rule does after a day. */
  forgetUploads(): Promise<void>;
}

/** Pauses that no test has to wait for, and an idle limit that no busy machine exceeds. */
export const HURRIED = { DOWNLOAD_IDLE_SECONDS: '30', DOWNLOAD_PAUSE_SECONDS: '0.001' };

export async function createCopyWorld(): Promise<CopyWorld> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const simulator = await startSimulator({ apiKey: API_KEY });
  cleanup.defer(() => simulator.stop());
  const wire = await startWire();
  cleanup.defer(() => wire.stop());
  const assembly = join(folder, 'cdk.out');
  await copyAssembly(inject('assemblies').plain, assembly, {
    MINIMAX_API_HOST: simulator.url,
    TRUSTED_DOWNLOAD_ORIGINS: wire.url,
    MAX_VIDEO_MEGABYTES: String(MAX_MEGABYTES),
  });
  const deployment = await readDeployment(assembly);
  const deployed = functionOf(deployment, 'CopyVideo');
  const { buckets } = deployment;
  const [bucket = ''] = buckets;
  const credentials = createCredentials();
  const store = await startObjectStore({ folder: join(folder, 'objects'), buckets, credentials });
  cleanup.defer(() => store.stop());
  const secrets = secretsManagerApi(new Map([['minimax/api-key', API_KEY]]));
  const aws = await startAwsEndpoint(secrets, credentials);
  cleanup.defer(() => aws.stop());
  const s3 = new S3Client({ region: REGION, endpoint: store.url, credentials });

  const startFunction: CopyWorld['startFunction'] = (variables, timeoutSeconds = 60) => {
    const host = startLambdaHost({
      functions: [{ ...deployed, timeoutSeconds, environment: { ...deployed.environment, ...variables } }],
      awsEnvironment: () => awsEnvironment({ s3: store.url, others: aws.url, credentials }),
      onLog: () => undefined,
    });
    return { ...host, copy: (job) => host.invoke(deployed.arn, JSON.stringify(job)) };
  };
  const hurried = startFunction(HURRIED);
  cleanup.defer(() => hurried.stop());

  const everything = cleanup.move();
  return {
    folder,
    simulator,
    wire,
    videos: {
      small: makeVideo(VIDEO_BYTES.small),
      'in parts': makeVideo(VIDEO_BYTES['in parts']),
      'too large': makeVideo(VIDEO_BYTES['too large']),
    },
    startFunction,
    copy: hurried.copy,
    makeJob(script) {
      const link = (own: string): string => own.replace(simulator.url, wire.url);
      return finishedJob(simulator.makeTask({ queries: ['Success'], link, ...script }));
    },
    async read(key) {
      const found = await s3
        .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        .catch((error: unknown) => {
          if (error instanceof NoSuchKey) return undefined;
          throw error;
        });
      if (found === undefined) return undefined;
      return { ...found, content: Buffer.from((await found.Body?.transformToByteArray()) ?? []) };
    },
    async write(key, value) {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: typeof value === 'string' ? value : JSON.stringify(value),
        }),
      );
    },
    async forgetUploads() {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      for (const { Key, UploadId } of Uploads)
        await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    },
    async unfinishedUploads() {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** An MP4 file of so many bytes, as far as its boxes go; no two are alike. */
export function makeVideo(bytes: number): Buffer {
  const video = randomBytes(bytes);
  mp4Head(bytes).copy(video);
  return video;
}
