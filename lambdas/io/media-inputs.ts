import { Failure } from '../core/failure.ts';
import { inspectWhole, isInS3, toUploadKey, UPLOAD_RULE } from '../core/image.ts';
import { IMAGE_LIMIT_BYTES } from '../core/image-limits.ts';
import { type NewTaskRequest, wrongRequest } from '../core/request.ts';
import type { Bucket } from './bucket.ts';
import { reasonOf } from './http-exchange.ts';
import { inlineBytes } from './image-store.ts';
import { glimpse } from './linked-image.ts';
import type { Reach } from './public-get.ts';

export interface MediaInputs {
  /**
   * Checks the images of a request, and puts those that lie in our bucket into it, so that nothing has to be public.
   * An image somewhere else that we cannot read stays as it is: MiniMax may be able to.
   * @throws Failure `InvalidRequest` for an image that MiniMax would not take, `MiniMaxBusy` for one of ours that could
   *   not be read just now: nothing has been sent yet, and the step is repeated
   */
  prepare(request: NewTaskRequest, watch: Notices): Promise<NewTaskRequest>;
}

/** Two of the largest images, in base64: the function has the memory for these, their JSON and what is sent. */
const MAX_INLINE_CHARACTERS = 2 * Math.ceil((IMAGE_LIMIT_BYTES * 4) / 3);
const TOO_MUCH = `is too much with those before it: images are sent with at most ${2 * IMAGE_LIMIT_BYTES} bytes in all`;

export interface Notices {
  readonly signal: AbortSignal;
  /** Is told why an image could not be checked. */
  readonly notice: (warning: Error) => void;
}

interface Watch extends Notices {
  /** How many more bytes there is room for. */
  readonly room: number;
}

interface Sources {
  readonly bucketName: string;
  readonly bucket: Pick<Bucket, 'read'>;
  readonly reach: Reach;
}

export function createMediaInputs({ bucketName, bucket, reach }: Sources): MediaInputs {
  async function read(key: string, { signal, room }: Watch): Promise<Buffer> {
    return bucket.read(key, Math.min(IMAGE_LIMIT_BYTES - 1, room), signal).catch((error: unknown) => {
      if (error instanceof Failure) throw error;
      throw new Failure(
        'MiniMaxBusy',
        `Nothing was sent: the image ${key} could not be read (${reasonOf(error)}).`,
      );
    });
  }

  async function prepareOne(value: string, refuse: (why: string) => Failure, watch: Watch): Promise<string> {
    const key = toUploadKey(value, bucketName);
    if (key === undefined && isInS3(value)) throw refuse(UPLOAD_RULE);
    const bytes = key === undefined ? inlineBytes(value) : await read(key, watch);
    if (bytes !== undefined) return toDataUrl(bytes, refuse);

    const seen = await glimpse(value, reach, watch.signal);
    if (seen.verdict === 'wrong') throw refuse(seen.why);
    if (seen.verdict === 'unreadable') watch.notice(new Error(`An image could not be checked: ${seen.why}`));
    return value;
  }

  return {
    async prepare(request, watch) {
      const { media_inputs } = request;
      if (media_inputs === undefined) return request;
      const prepared: { value: string }[] = [];
      let room = MAX_INLINE_CHARACTERS;
      // One after the other, so that no more of them are in memory than there is room for.
      for (const [index, { value }] of media_inputs.entries()) {
        const refuse = (why: string): Failure =>
          wrongRequest([{ pointer: `/media_inputs/${index}/value`, detail: why }]);
        const toSend = await prepareOne(value, refuse, { ...watch, room });
        if (toSend !== value) room -= toSend.length;
        if (room < 0) throw refuse(TOO_MUCH);
        prepared.push({ value: toSend });
      }
      return { ...request, media_inputs: prepared };
    },
  };
}

/** With the type that its leading bytes tell. */
function toDataUrl(bytes: Buffer, refuse: (why: string) => Failure): string {
  const inspected = inspectWhole(bytes);
  if ('why' in inspected) throw refuse(inspected.why);
  return `data:${inspected.type};base64,${bytes.toString('base64')}`;
}
