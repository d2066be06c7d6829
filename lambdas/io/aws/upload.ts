import { addAbortListener } from 'node:events';
import type { BegunUpload, Checkpoint, Mark, StoredPart } from '../../core/download/checkpoint.ts';
import { raceSignal } from '../timing.ts';
import type { Measured } from './hashing.ts';
import { createMultipartObject, type MultipartProps } from './multipart-object.ts';
import { type Content, type Part, toParts } from './upload-parts.ts';

/** Two more would take 20 MB more memory and save a few percent of the time. */
const CONCURRENT_PARTS = 2;

/** An upload of one object, which appears in the bucket when all of it is stored. */
export interface StreamUpload {
  /**
   * Uploads the content in parts, or as a whole where it is smaller than a part. An error stops the upload; stored parts stay in S3.
   * @returns size and hash; undefined for the rest of a file
   * @throws Failure `StorageUnavailable`, or the error of the content
   */
  run(content: Content, signal: AbortSignal): Promise<Measured | undefined>;
  /** Whether parts are stored. */
  isInParts(): boolean;
  /** The stored parts and the state of the download after them, for a later attempt. */
  stored(): Checkpoint | undefined;
  /** Never throws. */
  abortUpload(): Promise<void>;
}

/**
 * @param begun the upload that the content is the rest of. @default a new upload
 * @param onPart called when one more part is stored without a gap before it
 */
export function createStreamUpload(
  props: MultipartProps,
  begun?: BegunUpload,
  onPart: () => void = () => undefined,
): StreamUpload {
  const object = createMultipartObject(props, begun);
  const parts: StoredPart[] = [...(begun?.parts ?? [])];
  const stored = new Map<number, { readonly part: StoredPart; readonly mark: Mark | undefined }>();
  /** The number of parts after which a later attempt can continue, and the state of the download there. */
  let resumable: { readonly parts: number; readonly mark: Mark } | undefined;

  /** Parts can be stored out of order. */
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
        // Parts that are being sent are still useful to a later attempt.
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
