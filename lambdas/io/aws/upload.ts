import { addAbortListener } from 'node:events';
import type { BegunUpload, Checkpoint, Mark, StoredPart } from '../../core/download/checkpoint.ts';
import { raceSignal } from '../timing.ts';
import type { Measured } from './measure.ts';
import { createMultipartObject, type MultipartProps } from './multipart-object.ts';
import { type Content, type Part, toParts } from './upload-parts.ts';

/** Two more cost another 20 MB of memory and save a few percent of the time. */
const CONCURRENT_PARTS = 2;

/** An object on its way into the bucket, where it appears when all of it is there. */
export interface StreamUpload {
  /**
   * Uploads the content in parts, or at once where it is less than one. Where anything breaks, it stops and leaves in S3 what
   * is stored.
   * @returns what was measured; undefined where the content was only the rest of the object
   * @throws Failure `StorageUnavailable`, or what the content broke with
   */
  run(content: Content, signal: AbortSignal): Promise<Measured | undefined>;
  /** Whether it has begun to upload parts. */
  isInParts(): boolean;
  /** How far it has come, where another can go on from there. */
  stored(): Checkpoint | undefined;
  /** Never fails. */
  abortUpload(): Promise<void>;
}

/**
 * @param begun what the content is the rest of. @default nothing
 * @param onPart is called each time one more part is stored behind the others
 */
export function createStreamUpload(
  props: MultipartProps,
  begun?: BegunUpload,
  onPart: () => void = () => undefined,
): StreamUpload {
  const object = createMultipartObject(props, begun);
  const parts: StoredPart[] = [...(begun?.parts ?? [])];
  const stored = new Map<number, { readonly part: StoredPart; readonly mark: Mark | undefined }>();
  /** Behind how many of them another can go on, and where the content was there. */
  let resumable: { readonly parts: number; readonly mark: Mark } | undefined;

  /** A part may be stored before the one in front of it. */
  function keep({ number, mark: behind }: Part, part: StoredPart): void {
    stored.set(number, { part, mark: behind });
    for (let next = stored.get(parts.length + 1); next; next = stored.get(parts.length + 1)) {
      stored.delete(parts.length + 1);
      parts.push(next.part);
      if (next.mark !== undefined) resumable = { parts: parts.length, mark: next.mark };
      onPart();
    }
  }

  async function sendAll(
    all: AsyncIterable<Part>,
    underWay: Set<Promise<void>>,
    end: AbortController,
  ): Promise<void> {
    const { signal } = end;
    const send = async (part: Part): Promise<void> => {
      try {
        keep(part, await object.putPart(part.number, part.body, signal));
        part.release();
      } catch (error) {
        end.abort(error);
      }
    };
    for await (const part of all) {
      if (underWay.size === CONCURRENT_PARTS) await Promise.race(underWay);
      signal.throwIfAborted();
      if (part.isLast && part.number === 1) return object.putWhole(part.body, signal);
      const sending: Promise<void> = send(part).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
    await Promise.all(underWay);
    signal.throwIfAborted();
    await object.complete(parts, signal);
  }

  return {
    async run(content, signal) {
      if (content.isRest) resumable = { parts: parts.length, mark: content.mark() };
      const end = new AbortController();
      using _stop = addAbortListener(signal, () => end.abort(signal.reason));
      const underWay = new Set<Promise<void>>();
      const { all, result } = toParts(content, parts.length);
      await raceSignal(sendAll(all, underWay, end), end.signal).catch(async (error: unknown) => {
        // What is on its way already is worth waiting for, unless the time is over.
        if (!end.signal.aborted) await raceSignal(Promise.all(underWay), end.signal).catch(() => undefined);
        end.abort(error);
        throw error;
      });
      return result();
    },
    isInParts: () => parts.length > 0,
    stored() {
      const uploadId = object.uploadId();
      if (uploadId === undefined || resumable === undefined) return undefined;
      return { upload: { uploadId, parts: parts.slice(0, resumable.parts) }, mark: resumable.mark };
    },
    abortUpload: object.abortUpload,
  };
}
