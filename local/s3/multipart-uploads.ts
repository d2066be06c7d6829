import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Middleware } from '@20minutes/s3rver';
import { UPLOADS } from './object-paths.ts';

/**
 * Adds to s3rver what it lacks of multipart uploads: ListMultipartUploads, AbortMultipartUpload, and the error NoSuchUpload.
 * An upload is a folder with its parts and a file `key`.
 */
export function multipartUploads(folder: string): Middleware {
  return async (context, next) => {
    const { method, query, path } = context;
    const [, bucket = '', ...key] = path.split('/');
    const uploads = join(folder, bucket, UPLOADS);
    if (method === 'GET' && key.join('') === '' && query.uploads !== undefined) {
      const { prefix = '' } = query;
      const found = (await uploadsIn(uploads)).filter(({ Key }) => Key.startsWith(prefix));
      context.body = { ListMultipartUploadsResult: { Bucket: bucket, Upload: found } };
      return;
    }
    const { uploadId } = query;
    if (uploadId === undefined) return next();
    if ((await keyOf(uploads, uploadId)) === undefined) {
      context.status = 404;
      context.body = { Error: { Code: 'NoSuchUpload', Message: 'The specified upload does not exist.' } };
      return;
    }
    if (method !== 'DELETE') return next();
    await rm(join(uploads, uploadId), { recursive: true });
    context.status = 204;
  };
}

async function uploadsIn(
  uploads: string,
): Promise<readonly { readonly Key: string; readonly UploadId: string }[]> {
  const ids = await readdir(uploads).catch(() => []);
  const found = ids.map(async (UploadId) => {
    const Key = await keyOf(uploads, UploadId);
    return Key === undefined ? [] : [{ Key, UploadId }];
  });
  return (await Promise.all(found)).flat();
}

/** The form of s3rver's ids. Another form could be a path. */
const UPLOAD_ID = /^[0-9a-f]{32}$/;

async function keyOf(uploads: string, uploadId: string): Promise<string | undefined> {
  if (!UPLOAD_ID.test(uploadId)) return undefined;
  return readFile(join(uploads, uploadId, 'key'), 'utf8').catch(() => undefined);
}
