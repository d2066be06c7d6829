import { Failure } from '../core/failure.ts';
import { IMAGE_HEAD_BYTES, imageTypeOf, MAX_IMAGE_BYTES, toUploadKey } from '../core/image.ts';
import type { NewTaskRequest } from '../core/request.ts';
import type { Bucket } from './bucket.ts';
import { reasonOf } from './http-exchange.ts';

export interface UploadedImages {
  /**
   * Puts the images that lie in our bucket into the request itself, so that nothing has to be public for MiniMax.
   * @throws Failure `InvalidRequest` for an image that is not there or is none, `MiniMaxBusy` for one that could not be
   *   read just now: nothing has been sent yet, and the step is repeated
   */
  putInline(request: NewTaskRequest, signal: AbortSignal): Promise<NewTaskRequest>;
}

export function createUploadedImages(bucketName: string, bucket: Pick<Bucket, 'read'>): UploadedImages {
  return {
    async putInline(request, signal) {
      const { media_inputs } = request;
      if (media_inputs === undefined) return request;
      const inline = await Promise.all(
        media_inputs.map(async ({ value }) => {
          const key = toUploadKey(value, bucketName);
          return { value: key === undefined ? value : toDataUrl(key, await read(key, bucket, signal)) };
        }),
      );
      return { ...request, media_inputs: inline };
    },
  };
}

async function read(key: string, bucket: Pick<Bucket, 'read'>, signal: AbortSignal): Promise<Buffer> {
  return bucket.read(key, MAX_IMAGE_BYTES, signal).catch((error: unknown) => {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'MiniMaxBusy',
      `Nothing was sent: the image ${key} could not be read (${reasonOf(error)}).`,
    );
  });
}

function toDataUrl(key: string, bytes: Buffer): string {
  const type = imageTypeOf(bytes.subarray(0, IMAGE_HEAD_BYTES).toString('hex'));
  if (type !== undefined) return `data:${type};base64,${bytes.toString('base64')}`;
  throw new Failure('InvalidRequest', `The object ${key} is not a JPEG, PNG or WebP image.`);
}
