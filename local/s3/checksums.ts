import { pipeline, Transform } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { Middleware } from '@20minutes/s3rver';
import { S3Error } from './s3-error.ts';

/**
 * Adds checksums to s3rver: it compares a body with the CRC32 in its header, and rejects a body that differs.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export const checkChecksum: Middleware = async (context, next) => {
  const { 'x-amz-checksum-crc32': stated } = context.headers;
  if (context.method !== 'PUT' || typeof stated !== 'string') return next();
  context.req = pipeline(context.req, checksumCheck(stated), () => undefined);
  await next();
  context.set({ 'x-amz-checksum-crc32': stated });
};

function checksumCheck(stated: string): Transform {
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(sum);
      const isSame = bytes.toString('base64') === stated;
      done(isSame ? null : new S3Error(400, 'BadDigest', 'The body does not have the stated CRC32.'));
    },
  });
}
