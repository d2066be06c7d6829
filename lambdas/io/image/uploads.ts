import { createHash, randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { UploadRequest } from '../../core/api/request.ts';
import type { Upload } from '../../core/api/response.ts';
import type { ImageType } from '../../core/image/limits.ts';
import { UPLOAD_PREFIX } from '../../core/storage-keys.ts';
import { linkLife } from '../aws/link-life.ts';

/** The header by which S3 takes this image and no other. */
const CHECKSUM = 'x-amz-checksum-sha256';

/** An image that came inside a request, and where in the bucket it belongs. */
export interface StoredImage {
  readonly key: string;
  readonly type: ImageType;
  readonly bytes: Uint8Array;
}

/** Where callers' images lie until MiniMax has them; the bucket deletes them after a day or two. */
export interface ImageStore {
  put(image: StoredImage): Promise<void>;
  /** An address to which one image can be sent, of exactly this type, length and, where it is given, hash, within an hour, or until the credentials end that have signed it. */
  sign(image: UploadRequest, now: Date): Promise<Upload>;
}

/** Without checksums that are not asked for: one would be signed into the address, for a body that nobody has yet. */
export function createImageStore(
  bucket: string,
  client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }),
): ImageStore {
  return {
    async put({ key, type, bytes }) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: type }));
    },

    async sign({ content_type, bytes, sha256 }, now) {
      const key = `${UPLOAD_PREFIX}${sha256 ?? randomUUID()}`;
      const checksum = sha256 === undefined ? undefined : Buffer.from(sha256, 'hex').toString('base64');
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentType: content_type,
        ContentLength: bytes,
        ...(checksum === undefined ? {} : { ChecksumSHA256: checksum }),
      });
      const headers = {
        'content-type': content_type,
        'content-length': String(bytes),
        ...(checksum === undefined ? {} : { [CHECKSUM]: checksum }),
      };
      const { seconds, expiresAt } = await linkLife(client, now);
      const url = await getSignedUrl(client, command, {
        expiresIn: seconds,
        signableHeaders: new Set(['host', ...Object.keys(headers)]),
        unhoistableHeaders: new Set([CHECKSUM]),
      });
      return {
        value: `s3://${bucket}/${key}`,
        upload: {
          method: 'PUT',
          url,
          headers,
          expires_at: expiresAt.toISOString(),
        },
      };
    },
  };
}

/** Where an image belongs: the same image always to the same place. */
export function keyOf(bytes: Uint8Array): string {
  return `${UPLOAD_PREFIX}${createHash('sha256').update(bytes).digest('hex')}`;
}
