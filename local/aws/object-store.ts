import { randomUUID } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import S3rver from '@20minutes/s3rver';
import { conditionalWrites } from './conditional-writes.ts';
import { multipartUploads } from './multipart-uploads.ts';

/** The only credentials that s3rver knows. */
export const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } as const;

export interface ObjectStore {
  readonly url: string;
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
  await mkdir(folder, { recursive: true });
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
  replaceWholeFiles(server);
  server.middleware.splice(-1, 0, multipartUploads(folder), conditionalWrites(server.store));
  const { port } = await server.run();
  const url = `http://127.0.0.1:${port}`;
  return { url, stop: () => stop(server) };
}

async function stop(server: S3rver): Promise<void> {
  const closed = server.close();
  server.httpServer.closeAllConnections();
  await closed;
}

/** S3 replaces an object at once; s3rver writes over the old one, byte by byte. It says of a Buffer that it is written before it is. */
function replaceWholeFiles({ store }: S3rver): void {
  const putContent = store.putContent.bind(store);
  store.putContent = async (path, content) => {
    if (Buffer.isBuffer(content)) return putContent(path, content);
    const partial = `${path}.${randomUUID()}`;
    const written = await putContent(partial, content);
    await rename(partial, path);
    return written;
  };
}
