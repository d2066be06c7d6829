import { type Dirent, mkdirSync, readdirSync, readlinkSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { syncFolder } from '../state/replace-file.ts';

/** The beginning of internal names: content, metadata, and links that are not yet renamed. */
export const RESERVED = '.~';

/** The path of the metadata of this content. */
export const metadataOf = (content: string): string => `${content}~metadata`;

/** The folder of a bucket's unfinished multipart uploads. */
export const UPLOADS = '._S3rver_uploads';

/** The longest file name, in bytes. */
const MAX_NAME_BYTES = 255;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The path of a key's link. @throws S3Error where the key cannot be a path */
export function toPath(folder: string, bucket: string, key: string): string {
  const names = key.split('/');
  const wrong = names.find((name) => !isUsable(name));
  if (wrong === undefined && names[0] !== UPLOADS) return join(folder, bucket, ...names);
  throw new S3Error(
    'InvalidArgument',
    'Objects are kept as files here: a key has no empty part, no ".", "..", control character, or part of more than 255 bytes, and none that begins with ".~".',
  );
}

function isUsable(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.startsWith(RESERVED)) return false;
  return !/[\p{Cc}\\]/u.test(name) && Buffer.byteLength(name) <= MAX_NAME_BYTES;
}

/** Makes a folder and its parents. @throws S3Error where an object has the name of a folder */
export function makeFolder(path: string): void {
  try {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) syncFolder(dirname(made));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTDIR' && code !== 'EEXIST') throw error;
    throw new S3Error('InvalidArgument', 'Objects are kept as files here: an object cannot be a folder too.');
  }
}

/** Removes empty folders, from this one up to the bucket. */
export function dropEmptyFolders(path: string, bucket: string): void {
  for (let folder = path; folder.startsWith(bucket + sep); folder = dirname(folder)) {
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}

/** The keys of a bucket with a prefix, in S3's order. */
export function keysIn(bucketFolder: string, prefix: string): readonly string[] {
  const mayHold = (folder: string): boolean => folder.startsWith(prefix) || prefix.startsWith(folder);
  const walk = (folder: string, path: string): readonly string[] =>
    entriesOf(folder)
      .filter(({ name }) => !name.startsWith(RESERVED) && (path !== '' || name !== UPLOADS))
      .flatMap((entry) => {
        const key = `${path}${entry.name}`;
        if (entry.isDirectory()) return mayHold(`${key}/`) ? walk(join(folder, entry.name), `${key}/`) : [];
        return key.startsWith(prefix) ? [key] : [];
      });
  return walk(bucketFolder, '').toSorted(compareKeys);
}

/** S3 orders keys by their bytes. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** Removes what a killed process left: content without a key, unfinished links, and uploads that are older than a day. */
export function sweep(folder: string, now = Date.now()): void {
  for (const bucket of entriesOf(folder)) {
    if (!bucket.isDirectory()) continue;
    sweepFolder(join(folder, bucket.name));
    const uploads = join(folder, bucket.name, UPLOADS);
    for (const { name } of entriesOf(uploads)) {
      const path = join(uploads, name);
      if (now - statSync(path).mtimeMs > DAY_MS) rmSync(path, { recursive: true });
    }
  }
}

function sweepFolder(folder: string): void {
  const entries = entriesOf(folder);
  const links = entries.filter((entry) => entry.isSymbolicLink() && !entry.name.startsWith(RESERVED));
  const contents = links.map(({ name }) => readlinkSync(join(folder, name)));
  const shown = new Set(contents.flatMap((content) => [content, metadataOf(content)]));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const isOurs = entry.name.startsWith(RESERVED);
    if (isOurs && !shown.has(entry.name)) rmSync(path, { recursive: true });
    if (!isOurs && entry.isDirectory()) sweepFolder(path);
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}
