import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { syncFolder } from '../state/replace-file.ts';
import { dropEmptyFolders, makeFolder, metadataOf, RESERVED, toPath } from './object-paths.ts';
import { writeMeasured } from './write-measured.ts';

/** What an object is told apart by, and what a reader is told of it. */
export interface ObjectHead {
  /** An MD5 in quotes, as S3 has it. */
  readonly etag: string;
  readonly bytes: number;
  /** Headers by their names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface FoundObject extends ObjectHead {
  readonly modifiedAt: Date;
  /** @param range both ends included */
  read(range: { readonly start: number; readonly end: number }): Readable;
  /** The whole of a small object. */
  text(): string;
}

/** Content on its way to become an object. */
export interface StagedObject extends Pick<ObjectHead, 'etag' | 'bytes'> {
  /** Shows the object under its key, in the place of the one before. @throws Error of `check`, and then nothing has changed */
  publish(metadata: ObjectHead['metadata'], check?: (current: ObjectHead | undefined) => void): void;
  discard(): void;
}

/**
 * Objects as files that people can open. A key is a symbolic link to its content, beside which the metadata lies:
 * `videos/1/video.mp4 -> .~0c5….mp4`, and `.~0c5…~metadata`. These two never change, so one rename of the link shows
 * content and metadata together, and a reader has the old or the new object whole.
 */
export interface ObjectFiles {
  /** @throws DamagedObject where its content or its metadata cannot be read */
  find(bucket: string, key: string): FoundObject | undefined;
  /** Is there an object, damaged or not? */
  has(bucket: string, key: string): boolean;
  /** Writes content to the disk, where nobody sees it yet. @throws Error of the content */
  stage(bucket: string, key: string, content: Buffer | Readable): Promise<StagedObject>;
  remove(bucket: string, key: string): void;
}

/** An object that lies under its key and cannot be read. S3 answers it as an internal error. */
export class DamagedObject extends Error {
  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The object ${path} is damaged (${why}). Move it away, or delete it.`, { cause });
    this.name = 'DamagedObject';
  }
}

/** On disk when it is written. */
const NEW_FILE = { mode: 0o600, flush: true };

/** Smaller ones are read at once, because they are replaced often. */
const SMALL_BYTES = 65_536;

const READ_BYTES = 1_048_576;

export function createObjectFiles(folder: string): ObjectFiles {
  function begin(bucket: string, key: string) {
    const path = toPath(folder, bucket, key);
    makeFolder(dirname(path));
    const content = join(dirname(path), `${RESERVED}${randomUUID()}${extname(path)}`);
    const discard = (): void => removeContent(content);
    const staged = (etag: string, bytes: number): StagedObject => ({
      etag,
      bytes,
      publish(metadata, check = () => undefined) {
        writeFileSync(metadataOf(content), JSON.stringify({ etag, bytes, metadata }), NEW_FILE);
        show(path, content, () => check(headAt(path)));
      },
      discard,
    });
    return { content, staged, discard };
  }

  return {
    find(bucket, key) {
      const path = toPath(folder, bucket, key);
      const content = contentOf(path);
      const head = headAt(path);
      if (content === undefined || head === undefined) return undefined;
      const small = head.bytes <= SMALL_BYTES ? readFileSync(content) : undefined;
      return {
        ...head,
        modifiedAt: statSync(metadataOf(content)).mtime,
        text: () => (small ?? readFileSync(content)).toString('utf8'),
        read: ({ start, end }) =>
          small === undefined
            ? createReadStream(content, { start, end })
            : Readable.from([small.subarray(start, end + 1)].filter(({ length }) => length > 0)),
      };
    },

    has: (bucket, key) => contentOf(toPath(folder, bucket, key)) !== undefined,

    async stage(bucket, key, content) {
      const place = begin(bucket, key);
      try {
        const { md5, bytes } = await writeMeasured(place.content, content);
        return place.staged(JSON.stringify(md5), bytes);
      } catch (error) {
        place.discard();
        throw error;
      }
    },

    remove(bucket, key) {
      const path = toPath(folder, bucket, key);
      const content = contentOf(path);
      if (content === undefined) return;
      unlinkSync(path);
      syncFolder(dirname(path));
      removeContent(content);
      dropEmptyFolders(dirname(path), join(folder, bucket));
    },
  };
}

/** Check and rename happen in one turn of the event loop, so no other writer comes between them. */
function show(path: string, content: string, check: () => void): void {
  check();
  const before = contentOf(path);
  const link = `${content}~link`;
  symlinkSync(basename(content), link);
  renameSync(link, path);
  // One for all three names: that of the content, of the metadata, and of the link.
  syncFolder(dirname(path));
  if (before !== undefined) removeContent(before);
}

function removeContent(content: string): void {
  rmSync(content, { force: true });
  rmSync(metadataOf(content), { force: true });
}

/**
 * The file to which a key's link points; undefined where there is no object. A file in the place of the link is its own
 * content: it has no metadata, so the object is damaged.
 */
function contentOf(path: string): string | undefined {
  try {
    return join(dirname(path), readlinkSync(path));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    // EINVAL: it is no link, but a folder as part of other keys, or a file that somebody has put there.
    if (code === 'EINVAL') return statSync(path).isDirectory() ? undefined : path;
    throw error;
  }
}

/** @throws DamagedObject where there is an object that cannot be read: it must never pass for one that is not there */
function headAt(path: string): ObjectHead | undefined {
  const content = contentOf(path);
  if (content === undefined) return undefined;
  try {
    const head: ObjectHead = z.parse(objectHead, JSON.parse(readFileSync(metadataOf(content), 'utf8')));
    const bytes = statSync(content).size;
    // Somebody has edited the file: it is a new version.
    return bytes === head.bytes ? head : { ...head, bytes, etag: JSON.stringify(md5Of(content)) };
  } catch (error) {
    throw new DamagedObject(path, error);
  }
}

const objectHead = z.object({
  etag: z.string(),
  bytes: z.number(),
  metadata: z.record(z.string(), z.string()),
});

function md5Of(path: string): string {
  const hash = createHash('md5');
  const buffer = Buffer.alloc(READ_BYTES);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
      hash.update(buffer.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
