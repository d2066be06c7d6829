import { mkdir } from 'node:fs/promises';
import S3rver from '@20minutes/s3rver';
import {
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { PutObject } from '../engine/callback-task.ts';
import type { TokenOutcome } from '../engine/task-tokens.ts';
import { REGION } from '../template.ts';
import { conditionalWrites } from './conditional-writes.ts';
import { multipartUploads } from './multipart-uploads.ts';
import { keepObjectsAsFiles } from './object-file-store.ts';

/** The only credentials that s3rver knows. */
export const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } as const;

export interface ObjectStore {
  readonly url: string;
  /** As Step Functions calls it for a state, over the same protocol as everybody else. */
  readonly putObject: PutObject;
  stop(): Promise<void>;
}

/** An S3-protocol server that keeps its objects in a folder. */
export async function startObjectStore({
  folder,
  buckets,
}: {
  readonly folder: string;
  readonly buckets: readonly string[];
}): Promise<ObjectStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    vhostBuckets: false,
    configureBuckets: buckets.map((name) => ({ name })),
  });
  // Its logger complains of requests that end after the server was closed, on Ctrl-C in the middle of a copy.
  server.logger.silent = true;
  keepObjectsAsFiles(server, folder, buckets);
  server.middleware.splice(-1, 0, multipartUploads(folder), conditionalWrites());
  const { port } = await server.run();
  const url = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint: url,
    forcePathStyle: true,
    region: REGION,
    credentials: CREDENTIALS,
  });
  return {
    url,
    putObject: (parameters) => putObject(client, parameters),
    async stop() {
      client.destroy();
      await stop(server);
    },
  };
}

/** A body that is JSON is written as its text; a failure is named as those of all SDK integrations are. */
async function putObject(client: S3Client, parameters: Parameters<PutObject>[0]): Promise<TokenOutcome> {
  const Body = JSON.stringify(parameters.Body);
  const input = { ...parameters, Body } as PutObjectCommandInput;
  try {
    const { $metadata: _metadata, ...output } = await client.send(new PutObjectCommand(input));
    return { ok: true, output: JSON.stringify(output) };
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const { message, $metadata } = error;
    const cause = `${message} (Service: S3, Status Code: ${$metadata.httpStatusCode})`;
    return { ok: false, error: 'S3.S3Exception', cause };
  }
}

async function stop(server: S3rver): Promise<void> {
  const closed = server.close();
  server.httpServer.closeAllConnections();
  await closed;
}
