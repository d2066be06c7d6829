import { type NewTaskRequest, wrongRequest } from '../../core/api/request.ts';
import { Failure } from '../../core/failure.ts';
import { isDataUrl, readDataUrl } from '../../core/image/data-url.ts';
import { inspectWhole, isInS3, toUploadKey, UPLOAD_RULE } from '../../core/image/image.ts';
import { IMAGE_LIMIT_BYTES } from '../../core/image/limits.ts';
import { imagesOf, type RequestImage, withImages } from '../../core/minimax/request-kind.ts';
import type { Bucket } from '../aws/bucket.ts';
import type { FetchPolicy } from '../http/guarded-get.ts';
import { reasonOf } from '../http/send-once.ts';
import { probeImage } from './probe.ts';

export interface MediaInputs {
  /**
   * Checks the images of a request, and puts those that lie in our bucket into it, so that nothing has to be public.
   * An image somewhere else that we cannot read stays as it is: MiniMax may be able to.
   * @throws Failure `InvalidRequest` for an image that MiniMax would not take, `StorageUnavailable` for one of ours that
   *   could not be read just now: nothing has been sent yet, and the step is repeated
   */
  prepare(request: NewTaskRequest, watch: Watch): Promise<NewTaskRequest>;
}

/** Two of the largest images, in base64: the function has the memory for these, their JSON and what is sent. */
const MAX_INLINE_CHARACTERS = 2 * Math.ceil((IMAGE_LIMIT_BYTES * 4) / 3);
const TOO_MUCH = `is too much with those before it: images are sent with at most ${2 * IMAGE_LIMIT_BYTES} bytes in all`;

interface Watch {
  readonly signal: AbortSignal;
  /** Is told why an image could not be checked. */
  readonly notice: (warning: Error) => void;
}

interface Sources {
  readonly bucketName: string;
  readonly bucket: Pick<Bucket, 'read'>;
  readonly reach: FetchPolicy;
}

export function createMediaInputs({ bucketName, bucket, reach }: Sources): MediaInputs {
  async function read(key: string, signal: AbortSignal): Promise<Buffer> {
    return bucket.read(key, IMAGE_LIMIT_BYTES - 1, signal).catch((error: unknown) => {
      if (error instanceof Failure) throw error;
      throw new Failure(
        'StorageUnavailable',
        `Nothing was sent: the image ${key} could not be read (${reasonOf(error)}).`,
      );
    });
  }

  /** What is to be sent instead of a value that is ours; undefined for a link. */
  async function toInline({ value, refuse }: Input, signal: AbortSignal): Promise<string | undefined> {
    const key = toUploadKey(value, bucketName);
    if (key === undefined && isInS3(value)) throw refuse(UPLOAD_RULE);
    if (key !== undefined) return toDataUrl(await read(key, signal), refuse);
    return isDataUrl(value) ? toDataUrl(inlineBytes(value, refuse), refuse) : undefined;
  }

  async function checkLink({ value, refuse }: Input, { signal, notice }: Watch): Promise<void> {
    const seen = await probeImage(value, reach, signal);
    if (seen.verdict === 'wrong') throw refuse(seen.why);
    if (seen.verdict === 'unreadable')
      notice(new Error(`An image could not be looked at from here, and is left to MiniMax: ${seen.why}`));
  }

  return {
    async prepare(request, watch) {
      const inputs = imagesOf(request).map(({ value, pointer }): Input => {
        return { value, pointer, refuse: (detail) => wrongRequest([{ pointer, detail }]) };
      });
      // One after the other, so that no more of them are in memory than there is room for; and before the links, whose
      // servers may take all the time that there is.
      const inline = new Map<string, string>();
      let room = MAX_INLINE_CHARACTERS;
      for (const input of inputs) {
        const toSend = await toInline(input, watch.signal);
        room -= toSend?.length ?? 0;
        if (room < 0) throw input.refuse(TOO_MUCH);
        if (toSend !== undefined) inline.set(input.pointer, toSend);
      }
      const links = inputs.filter(({ pointer }) => !inline.has(pointer));
      await Promise.all(links.map((input) => checkLink(input, watch)));
      return withImages(request, (value, pointer) => inline.get(pointer) ?? value);
    },
  };
}

interface Input extends RequestImage {
  readonly refuse: (why: string) => Failure;
}

function inlineBytes(dataUrl: string, refuse: (why: string) => Failure): Buffer {
  const content = readDataUrl(dataUrl);
  if ('why' in content) throw refuse(content.why);
  return Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.length);
}

/** In the one spelling that MiniMax documents, with the type that the leading bytes tell. */
function toDataUrl(bytes: Buffer, refuse: (why: string) => Failure): string {
  const inspected = inspectWhole(bytes);
  if ('why' in inspected) throw refuse(inspected.why);
  return `data:${inspected.type};base64,${bytes.toString('base64')}`;
}
