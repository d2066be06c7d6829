import { createHash } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { syncFolder } from '../state/replace-file.ts';
import { metadataOf } from './object-paths.ts';

/** The entity tag, size and headers of an object. */
export interface ObjectHead {
  /** An MD5 in quotes, as in S3. */
  readonly etag: string;
  readonly bytes: number;
  /** Headers by their names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object that exists and cannot be read. S3 answers it with an internal error. */
export class DamagedObject extends Error {
  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The object ${path} is damaged (${why}). Move it away, or delete it.`, { cause });
    this.name = 'DamagedObject';
  }
}

const READ_BYTES = 1_048_576;

/**
 * Points the link of a key to new content. The check and the rename run in one turn of the event loop, so no other writer
 * comes between them.
 */
export function show(path: string, content: string, check: () => void): void {
  check();
  const before = contentOf(path);
  const link = `${content}~link`;
  symlinkSync(basename(content), link);
  renameSync(link, path);
  // Writes all three names to disk: content, metadata and link.
  syncFolder(dirname(path));
  if (before !== undefined) removeContent(before);
}

/** Removes an object. A kill between the two steps leaves content without a link, which `sweep` removes. */
export function removeLink(path: string, content: string): void {
  unlinkSync(path);
  syncFolder(dirname(path));
  removeContent(content);
}

export function removeContent(content: string): void {
  rmSync(content, { force: true });
  rmSync(metadataOf(content), { force: true });
}

/**
 * The file to which a key's link points, or undefined where there is no object. A file in place of the link is its own
 * content. It has no metadata, so the object is damaged.
 */
export function contentOf(path: string): string | undefined {
  try {
    return join(dirname(path), readlinkSync(path));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    // EINVAL: it is no link, but a folder of other keys, or a file that a person has put there.
    if (code === 'EINVAL') return statSync(path).isDirectory() ? undefined : path;
    throw error;
  }
}

/** @throws DamagedObject where the object exists and cannot be read, so that it never appears as absent */
export function headAt(path: string): ObjectHead | undefined {
  const content = contentOf(path);
  if (content === undefined) return undefined;
  try {
    const head: ObjectHead = z.parse(objectHead, JSON.parse(readFileSync(metadataOf(content), 'utf8')));
    const bytes = statSync(content).size;
    // A person has edited the file, so it is a new version.
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
