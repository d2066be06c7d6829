import { createHash, randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { UploadRequest } from '../../core/api/request.ts';
import type { Upload } from '../../core/api/response.ts';
import type { ImageType } from '../../core/image/limits.ts';
import { uploadPrefix } from '../../core/storage-keys.ts';
import { linkLife } from '../aws/link-life.ts';

/** S3 rejects a body with another hash. */
const CHECKSUM = 'x-amz-checksum-sha256';

/** An image that came inside a request, and its key in the bucket. */
export interface StoredImage {
  readonly key: string;
  readonly type: ImageType;
  readonly bytes: Uint8Array;
}

/** The images of callers until MiniMax has them. The bucket deletes them after a day or two. */
export interface ImageStore {
  put(image: StoredImage): Promise<void>;
  /**
   * A signed address for one image of exactly this type, length and (where it is given) hash. It expires after an hour, or
   * with the credentials that signed it.
   */
  sign(image: UploadRequest, owner: string, now: Date): Promise<Upload>;
}

/** The client adds no checksum by default: it would be signed into the address, and the body is not known yet. */
export function createImageStore(
  bucket: string,
  client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }),
): ImageStore {
  return {
    async put({ key, type, bytes }) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: type }));
    },

    async sign({ content_type, bytes, sha256 }, owner, now) {
      // The same image gets the same name, so that a repeated request has the same body.
      const key = `${uploadPrefix(owner)}${sha256 ?? randomUUID()}`;
      const checksum = sha256 === undefined ? undefined : Buffer.from(sha256, 'hex').toString('base64');
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentType: content_type,
        ContentLength: bytes,
        ChecksumSHA256: checksum,
      });
      const headers: Record<string, string> = {
        'content-type': content_type,
        'content-length': String(bytes),
      };
      if (checksum !== undefined) headers[CHECKSUM] = checksum;
      const { seconds, expiresAt } = await linkLife(client, now);
      const url = await getSignedUrl(client, command, {
        expiresIn: seconds,
        signableHeaders: new Set(['host', ...Object.keys(headers)]),
        unhoistableHeaders: new Set([CHECKSUM]),
      });
      return {
        value: `s3://${bucket}/${key}`,
        upload: { method: 'PUT', url, headers, expires_at: expiresAt.toISOString() },
      };
    },
  };
}

/** A hash, so that one image of an owner always has one key. */
export function keyOf(bytes: Uint8Array, owner: string): string {
  return `${uploadPrefix(owner)}${createHash('sha256').update(bytes).digest('hex')}`;
}
