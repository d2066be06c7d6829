import { invalidRequest, type NewTaskRequest } from '../../core/api/request.ts';
import { usableUploads, type Visibility } from '../../core/api/visibility.ts';
import { Failure } from '../../core/failure.ts';
import { isDataUrl, readDataUrl } from '../../core/image/data-url.ts';
import { inspectWhole, toUploadKey, type UsableUploads, uploadViolation } from '../../core/image/image.ts';
import { IMAGE_LIMIT_BYTES } from '../../core/image/limits.ts';
import { imagesOf, type RequestImage, withImages } from '../../core/minimax/request-kind.ts';
import type { Bucket } from '../aws/bucket.ts';
import type { FetchPolicy } from '../http/guarded-get.ts';
import { reasonOf } from '../http/send-once.ts';
import { probeImage } from './probe.ts';

export interface MediaInputs {
  /**
   * Checks the images of a request, and replaces the addresses of our bucket by the images themselves, so that none has to be
   * public. An image elsewhere that cannot be read from here stays as it is: MiniMax may be able to read it.
   * @throws Failure `InvalidRequest` for an image that MiniMax would reject, `StorageUnavailable` for one of our bucket that
   *   could not be read: nothing has been sent yet, and the step is repeated
   */
  prepare(request: NewTaskRequest, options: Options): Promise<NewTaskRequest>;
}

interface Options {
  /** Whose images the request may use. @default it was started in the console, and may use every image of the bucket */
  readonly owner?: string;
  readonly signal: AbortSignal;
  /** Gets the reason why an image could not be checked. */
  readonly notice: (warning: Error) => void;
}

interface Dependencies {
  readonly bucketName: string;
  readonly visibility: Visibility;
  readonly bucket: Pick<Bucket, 'read'>;
  readonly policy: FetchPolicy;
}

/** Two of the largest images in base64. The function has the memory for them, for their JSON and for the request. */
const MAX_INLINE_CHARACTERS = 2 * Math.ceil((IMAGE_LIMIT_BYTES * 4) / 3);
const TOO_MUCH = `is too large together with those before it: images are sent with at most ${2 * IMAGE_LIMIT_BYTES} bytes in all`;

export function createMediaInputs({ bucketName, visibility, bucket, policy }: Dependencies): MediaInputs {
  async function readObject(key: string, signal: AbortSignal): Promise<Buffer> {
    return bucket.read(key, IMAGE_LIMIT_BYTES - 1, signal).catch((error: unknown) => {
      if (error instanceof Failure) throw error;
      const why = `Nothing was sent: the image ${key} could not be read (${reasonOf(error)}).`;
      throw new Failure('StorageUnavailable', why);
    });
  }

  /** @returns undefined for a link to another host */
  async function toInline(
    { value, reject }: Input,
    uploads: UsableUploads,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const violation = uploadViolation(value, uploads);
    if (violation !== undefined) throw reject(violation);
    const key = toUploadKey(value, bucketName);
    if (key !== undefined) return toDataUrl(await readObject(key, signal), reject);
    return isDataUrl(value) ? toDataUrl(inlineBytes(value, reject), reject) : undefined;
  }

  async function checkLink({ value, reject }: Input, { signal, notice }: Options): Promise<void> {
    const probed = await probeImage(value, policy, signal);
    if (probed.outcome === 'wrong') throw reject(probed.why);
    if (probed.outcome === 'unreadable')
      notice(new Error(`An image could not be checked from here, and is left to MiniMax: ${probed.why}`));
  }

  return {
    async prepare(request, options) {
      const inputs = imagesOf(request).map(toInput);
      // Before the links, whose servers may use up the time.
      const uploads = { bucket: bucketName, prefix: usableUploads(visibility, options.owner) };
      const inline = await inTurn(inputs, (input) => toInline(input, uploads, options.signal));
      const links = inputs.filter(({ pointer }) => !inline.has(pointer));
      await Promise.all(links.map((input) => checkLink(input, options)));
      return withImages(request, (value, pointer) => inline.get(pointer) ?? value);
    },
  };
}

interface Input extends RequestImage {
  readonly reject: (why: string) => Failure;
}

function toInput({ value, pointer }: RequestImage): Input {
  return { value, pointer, reject: (detail) => invalidRequest([{ pointer, detail }]) };
}

/** One image after another, so that only as many are in memory as fit. @throws Failure `InvalidRequest` where they do not */
async function inTurn(
  inputs: readonly Input[],
  toInline: (input: Input) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, string>> {
  const inline = new Map<string, string>();
  let room = MAX_INLINE_CHARACTERS;
  for (const input of inputs) {
    const dataUrl = await toInline(input);
    room -= dataUrl?.length ?? 0;
    if (room < 0) throw input.reject(TOO_MUCH);
    if (dataUrl !== undefined) inline.set(input.pointer, dataUrl);
  }
  return inline;
}

function inlineBytes(dataUrl: string, reject: Input['reject']): Buffer {
  const content = readDataUrl(dataUrl);
  if ('why' in content) throw reject(content.why);
  return Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.length);
}

/** In the one spelling that MiniMax documents, with the type of the leading bytes. */
function toDataUrl(bytes: Buffer, reject: Input['reject']): string {
  const inspected = inspectWhole(bytes);
  if ('why' in inspected) throw reject(inspected.why);
  return `data:${inspected.type};base64,${bytes.toString('base64')}`;
}
