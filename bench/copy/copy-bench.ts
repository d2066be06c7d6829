import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsEnvironment } from '../../local/aws/environment.ts';
import { startAwsEndpoint } from '../../local/aws/json-endpoint.ts';
import { secretsManagerApi } from '../../local/aws/secrets-manager-api.ts';
import { startSimulator } from '../../local/simulator/simulator.ts';
import { synthesize } from '../../local/synthesize.ts';
import { functionOf, readDeployment } from '../../local/template/deployment.ts';
import { REGION } from '../../local/template/template.ts';
import { PROJECT } from '../measure.ts';
import { type Contender, type Copy, PATH } from './contenders.ts';
import { finishedJob } from './finished-job.ts';
import { measured, type Taken } from './measured-process.ts';

const API_KEY = 'sk-bench-0123456789abcdef';

/** A MiniMax, an origin and a bucket on this machine. Origin and bucket run in processes of their own. */
export interface CopyBench extends AsyncDisposable {
  /** Lets a contender copy a file once, and checks that the file has arrived. */
  copy(contender: Contender, bytes: number, bytesASecond: number): Promise<Taken>;
  /** Loads the function without an event. */
  idle(): Promise<Taken>;
}

export async function createCopyBench(): Promise<CopyBench> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'template-video-bench-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const simulator = await startSimulator({ apiKey: API_KEY });
  cleanup.defer(() => simulator.stop());
  const aws = await startAwsEndpoint(secretsManagerApi(new Map([['minimax/api-key', API_KEY]])));
  cleanup.defer(() => aws.stop());
  const origin = await startPeer('origin');
  cleanup.defer(() => origin.stop());

  const assembly = join(folder, 'cdk.out');
  await synthesize(assembly, { minimaxHost: simulator.url, trustedDownloadOrigins: origin.url });
  const deployment = await readDeployment(assembly);
  const { entry, environment } = functionOf(deployment, 'CopyVideo');
  const [bucket = ''] = deployment.buckets;
  const store = await startPeer('sink');
  cleanup.defer(() => store.stop());
  const s3 = new S3Client({
    region: REGION,
    endpoint: store.url,
    forcePathStyle: true,
    credentials: aws.credentials,
  });
  const environmentOfCopies = {
    ...environment,
    ...awsEnvironment({ s3: store.url, others: aws.url, credentials: aws.credentials }),
    PATH,
    HOME: folder,
  };

  function prepare(link: string): Copy {
    const job = finishedJob(simulator.makeTask({ queries: ['Success'], link }));
    return { link, bucket, key: `videos/${job.video_id}/video.mp4`, endpoint: store.url, entry, job };
  }

  const everything = cleanup.move();
  return {
    async copy({ command, input, env }, bytes, bytesASecond) {
      const copy = prepare(`${origin.url}/${bytes}/${bytesASecond}.mp4`);
      const taken = await measured(command(copy), { ...environmentOfCopies, ...env?.(copy) }, input?.(copy));
      const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: copy.key }));
      if (ContentLength !== bytes) throw new Error(`${ContentLength} of ${bytes} bytes have arrived.`);
      return taken;
    },
    idle: () =>
      measured([process.execPath, 'bench/copy/function.ts'], environmentOfCopies, JSON.stringify({ entry })),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function startPeer(peer: 'origin' | 'sink'): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['bench/copy/peer.ts', peer], {
    cwd: PROJECT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(child.stdout), 'line');
  return {
    url: String(url),
    async stop() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}
