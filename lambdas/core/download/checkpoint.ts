import * as z from 'zod/mini';
import { INITIAL_STATE, type ScannerState } from '../mp4/state.ts';
import { hasRest, type RemoteFile } from './remote-file.ts';

/**
 * S3's minimum for each part but the last. With S3's 10,000 parts it suffices for every size that `maxVideoMegabytes` allows.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const PART_BYTES = 5 * 1024 * 1024;
export const MAX_PARTS = 10_000;

/** A stored part, with what `CompleteMultipartUpload` has to name. */
export interface StoredPart {
  /** With its quotes. */
  readonly etag: string;
  /** In base64. */
  readonly crc32: string;
}

/** A multipart upload with its first parts, in order and without a gap. */
export interface BegunUpload {
  readonly uploadId: string;
  readonly parts: readonly StoredPart[];
}

/** The position of a download, from which another process can continue it. */
export interface Mark {
  readonly file: RemoteFile;
  readonly bytes: number;
  /** The last bytes before `bytes`. */
  readonly tail: Buffer;
  readonly scanner: ScannerState;
  readonly attempts: number;
  readonly resumes: number;
}

/** What one attempt to copy a video leaves for the next: the stored parts, and the position in the source. */
export interface Checkpoint {
  readonly upload: BegunUpload;
  readonly mark: Mark;
}

const count = z.int().check(z.minimum(0));

/** The content of `copy.json`. */
const checkpointSchema = z.object({
  task_id: z.string(),
  upload_id: z.string().check(z.minLength(1)),
  part_bytes: z.literal(PART_BYTES),
  parts: z
    .array(z.object({ etag: z.string(), crc32: z.string() }))
    .check(z.minLength(1), z.maxLength(MAX_PARTS)),
  source: z.object({
    validator: z.optional(z.string()),
    weak_validator: z.optional(z.string()),
    total_bytes: z.optional(count),
    content_description: z.optional(z.string()),
  }),
  bytes: count,
  tail: z.base64(),
  scanner: z.custom<ScannerState>(isScannerState),
  attempts: count,
  resumes: count,
});

/** A state that another release has written may have other fields. */
function isScannerState(value: unknown): boolean {
  return hasKeysOf(INITIAL_STATE, value) && hasKeysOf(INITIAL_STATE.index, value.index);
}

function hasKeysOf<Model extends object>(
  model: Model,
  value: unknown,
): value is Readonly<Record<keyof Model, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).toSorted().join() === Object.keys(model).toSorted().join();
}

/** The checkpoint as JSON, without any link. @returns undefined where nothing identifies the file, so that no copy could resume */
export function toCheckpoint(taskId: string, { upload, mark }: Checkpoint): object | undefined {
  const { file, bytes, tail, scanner, attempts, resumes } = mark;
  const { validator, weakValidator, totalBytes, contentDescription } = file;
  if (!hasRest(file)) return undefined;
  return {
    task_id: taskId,
    upload_id: upload.uploadId,
    part_bytes: PART_BYTES,
    parts: [...upload.parts],
    source: {
      validator,
      weak_validator: weakValidator,
      total_bytes: totalBytes,
      content_description: contentDescription,
    },
    bytes,
    tail: tail.toString('base64'),
    scanner,
    attempts,
    resumes,
  } satisfies z.infer<typeof checkpointSchema>;
}

/** The checkpoint in the text of an object. @returns undefined for any other text, and for a checkpoint of another task */
export function parseCheckpoint(text: string, taskId: string): Checkpoint | undefined {
  const stored = readCheckpoint(text);
  if (stored === undefined || stored.task_id !== taskId) return undefined;
  const { upload_id, parts, source, bytes, tail, scanner, attempts, resumes } = stored;
  if (bytes !== parts.length * PART_BYTES || bytes !== scanner.at) return undefined;
  const { validator, weak_validator, total_bytes, content_description } = source;
  const hasKnownEnd = total_bytes !== undefined;
  const file = {
    validator,
    weakValidator: weak_validator,
    totalBytes: total_bytes,
    contentDescription: content_description,
    hasKnownEnd,
  };
  if (!hasRest(file)) return undefined;
  return {
    upload: { uploadId: upload_id, parts },
    mark: { file, bytes, tail: Buffer.from(tail, 'base64'), scanner, attempts, resumes },
  };
}

function readCheckpoint(text: string): z.infer<typeof checkpointSchema> | undefined {
  try {
    return z.safeParse(checkpointSchema, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
