import { addAbortListener } from 'node:events';
import type { BegunUpload, Checkpoint } from '../../core/download/checkpoint.ts';
import { raceSignal } from '../timing.ts';
import type { Measured } from './hashing.ts';
import { createMultipartObject, type MultipartObject, type MultipartProps } from './multipart-object.ts';
import { createStoredParts, type StoredParts } from './stored-parts.ts';
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
  const stored = createStoredParts(begun?.parts ?? [], onPart);

  return {
    async run(content, signal) {
      if (content.isRest) stored.continueAt(content.mark());
      const end = new AbortController();
      using _stop = addAbortListener(signal, () => end.abort(signal.reason));
      const sending = new Set<Promise<void>>();
      const { all, result } = toParts(content, stored.all().length);
      await raceSignal(sendAll(all, { object, stored, sending, end }), end.signal).catch(
        async (error: unknown) => {
          // Parts that are being sent are still useful to a later attempt.
          if (!end.signal.aborted) await raceSignal(Promise.all(sending), end.signal).catch(() => undefined);
          end.abort(error);
          throw error;
        },
      );
      return result();
    },
    isInParts: () => stored.all().length > 0,
    stored: () => stored.checkpoint(object.uploadId()),
    abortUpload: object.abortUpload,
  };
}

interface Sending {
  readonly object: MultipartObject;
  readonly stored: StoredParts;
  /** The parts that are being sent. */
  readonly sending: Set<Promise<void>>;
  /** Aborted by the first error of a part. */
  readonly end: AbortController;
}

async function sendAll(all: AsyncIterable<Part>, { object, stored, sending, end }: Sending): Promise<void> {
  const { signal } = end;
  const send = async (part: Part): Promise<void> => {
    try {
      stored.add(part, await object.putPart(part.number, part.body, signal));
      part.release();
    } catch (error) {
      end.abort(error);
    }
  };
  for await (const part of all) {
    if (sending.size === CONCURRENT_PARTS) await Promise.race(sending);
    signal.throwIfAborted();
    if (part.isLast && part.number === 1) return object.putWhole(part.body, signal);
    const sent: Promise<void> = send(part).finally(() => sending.delete(sent));
    sending.add(sent);
  }
  await Promise.all(sending);
  signal.throwIfAborted();
  await object.complete(stored.all(), signal);
}
