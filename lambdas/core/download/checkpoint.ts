import * as z from 'zod/mini';
import type { WalkState } from '../mp4/scanner.ts';
import { START } from '../mp4/state.ts';
import { hasRest, type RemoteFile } from './remote-file.ts';

/**
 * The least that S3 takes for a part before the last. With S3's 10,000 parts it is enough for every size that
 * `maxVideoMegabytes` allows. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const PART_BYTES = 5 * 1024 * 1024;
export const MAX_PARTS = 10_000;

/** A part that S3 has, as it has to be named when the upload is completed. */
export interface StoredPart {
  /** With its quotes. */
  readonly etag: string;
  /** In base64. */
  readonly crc32: string;
}

/** An upload with its first parts, in their order and without a gap. */
export interface BegunUpload {
  readonly uploadId: string;
  readonly parts: readonly StoredPart[];
}

/** How far a download has come, so that another process can go on with it. */
export interface Mark {
  readonly file: RemoteFile;
  readonly bytes: number;
  /** The last bytes that came. */
  readonly tail: Buffer;
  readonly walk: WalkState;
  readonly attempts: number;
  readonly resumes: number;
}

/** What one attempt to copy a video leaves for the next: what S3 has of it, and where its source was at that byte. */
export interface Checkpoint {
  readonly upload: BegunUpload;
  readonly mark: Mark;
}

const count = z.int().check(z.minimum(0));

const copyNote = z.object({
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
    kind: z.optional(z.string()),
  }),
  bytes: count,
  tail: z.base64(),
  walk: z.custom<WalkState>(isWalkState),
  attempts: count,
  resumes: count,
});

/** Another release may have left a walk of another kind. */
function isWalkState(walk: unknown): boolean {
  return hasKeysOf(START, walk) && hasKeysOf(START.index, (walk as WalkState).index);
}

function hasKeysOf(model: object, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).toSorted().join() === Object.keys(model).toSorted().join();
}

/** The note as JSON; it holds no link. @returns undefined where nothing tells the file from another, so that nobody can go on with it */
export function toCheckpoint(taskId: string, { upload, mark }: Checkpoint): object | undefined {
  const { file, bytes, tail, walk, attempts, resumes } = mark;
  const { validator, weakValidator, totalBytes, kind } = file;
  if (!hasRest(file)) return undefined;
  return {
    task_id: taskId,
    upload_id: upload.uploadId,
    part_bytes: PART_BYTES,
    parts: [...upload.parts],
    source: {
      ...(validator === undefined ? {} : { validator }),
      ...(weakValidator === undefined ? {} : { weak_validator: weakValidator }),
      ...(totalBytes === undefined ? {} : { total_bytes: totalBytes }),
      ...(kind === undefined ? {} : { kind }),
    },
    bytes,
    tail: tail.toString('base64'),
    walk,
    attempts,
    resumes,
  } satisfies z.infer<typeof copyNote>;
}

/** A note from the text of an object. @returns undefined where it is none, or is of another task */
export function parseCheckpoint(text: string, taskId: string): Checkpoint | undefined {
  const note = parsed(text);
  if (note === undefined || note.task_id !== taskId) return undefined;
  const { upload_id, parts, source, bytes, tail, walk, attempts, resumes } = note;
  if (bytes !== parts.length * PART_BYTES || bytes !== walk.at) return undefined;
  const { validator, weak_validator, total_bytes, kind } = source;
  const file = {
    ...(validator === undefined ? {} : { validator }),
    ...(weak_validator === undefined ? {} : { weakValidator: weak_validator }),
    hasKnownEnd: total_bytes !== undefined,
    ...(total_bytes === undefined ? {} : { totalBytes: total_bytes }),
    ...(kind === undefined ? {} : { kind }),
  };
  if (!hasRest(file)) return undefined;
  return {
    upload: { uploadId: upload_id, parts },
    mark: { file, bytes, tail: Buffer.from(tail, 'base64'), walk, attempts, resumes },
  };
}

function parsed(text: string): z.infer<typeof copyNote> | undefined {
  try {
    const result = z.safeParse(copyNote, JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
