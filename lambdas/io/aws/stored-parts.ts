import type { Checkpoint, Mark, StoredPart } from '../../core/download/checkpoint.ts';
import type { Part } from './upload-parts.ts';

/** The parts of an upload that S3 has, up to the first missing part. */
export interface StoredParts {
  /** Parts can be stored out of order. */
  add(part: Part, stored: StoredPart): void;
  /** Sets the position at which the content continues these parts. */
  continueAt(mark: Mark): void;
  all(): readonly StoredPart[];
  /** For a later attempt; undefined where it has nothing to continue from. */
  checkpoint(uploadId: string | undefined): Checkpoint | undefined;
}

/**
 * @param before the parts of an earlier attempt
 * @param onPart called when one more part is stored without a gap before it
 */
export function createStoredParts(before: readonly StoredPart[], onPart: () => void): StoredParts {
  const parts: StoredPart[] = [...before];
  const early = new Map<number, { readonly stored: StoredPart; readonly mark: Mark | undefined }>();
  /** The number of parts after which a later attempt can continue, and the state of the download there. */
  let resumable: { readonly count: number; readonly mark: Mark } | undefined;

  return {
    add({ number, mark }, stored) {
      early.set(number, { stored, mark });
      for (let next = early.get(parts.length + 1); next; next = early.get(parts.length + 1)) {
        early.delete(parts.length + 1);
        parts.push(next.stored);
        if (next.mark !== undefined) resumable = { count: parts.length, mark: next.mark };
        onPart();
      }
    },
    continueAt(mark) {
      resumable = { count: parts.length, mark };
    },
    all: () => parts,
    checkpoint(uploadId) {
      if (uploadId === undefined || resumable === undefined) return undefined;
      return { upload: { uploadId, parts: parts.slice(0, resumable.count) }, mark: resumable.mark };
    },
  };
}
