import { randomUUID } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import * as z from 'zod/mini';
import { syncFolder } from '../state/replace-file.ts';
import type { ObjectFiles, StagedObject } from './object-files.ts';
import { makeFolder, RESERVED, UPLOADS } from './object-paths.ts';
import { writeMeasured } from './write-measured.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Unfinished multipart uploads. A part is named by its number and MD5, and appears by one rename. */
export interface ObjectUploads {
  /** CreateMultipartUpload. */
  begin(bucket: string, key: string, uploadId: string, headers: Readonly<Record<string, unknown>>): void;
  /** UploadPart. */
  putPart(bucket: string, uploadId: string, part: number, content: Buffer | Readable): Promise<StagedPart>;
  /** Joins the parts for CompleteMultipartUpload. @throws S3Error `InvalidPart` for a missing part, `EntityTooSmall` for a small part before the last */
  stage(bucket: string, uploadId: string, parts: readonly Part[]): Promise<StagedUpload>;
  remove(bucket: string, uploadId: string): void;
}

export interface Part {
  readonly number: number;
  /** An MD5. */
  readonly etag: string;
}

type StagedPart = Pick<StagedObject, 'bytes' | 'etag'>;

interface StagedUpload {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly staged: StagedObject;
}

export function createObjectUploads(folder: string, files: ObjectFiles): ObjectUploads {
  const folderOf = (bucket: string, uploadId: string): string => join(folder, bucket, UPLOADS, uploadId);
  const textIn = (bucket: string, uploadId: string, name: string): string =>
    readFileSync(join(folderOf(bucket, uploadId), name), 'utf8');

  return {
    begin(bucket, key, uploadId, headers) {
      const uploads = join(folder, bucket, UPLOADS);
      makeFolder(uploads);
      const partial = join(uploads, `${RESERVED}${uploadId}`);
      mkdirSync(partial, { mode: 0o700 });
      writeFileSync(join(partial, 'key'), key, { mode: 0o600 });
      writeFileSync(join(partial, 'metadata'), JSON.stringify(headers), { mode: 0o600 });
      renameSync(partial, folderOf(bucket, uploadId));
      syncFolder(uploads);
    },

    async putPart(bucket, uploadId, part, content) {
      const place = folderOf(bucket, uploadId);
      const partial = join(place, `${RESERVED}${randomUUID()}`);
      const measured = await writeMeasured(partial, content).catch(unlessCompleted);
      const name = partName({ number: part, etag: measured.md5 });
      try {
        renameSync(partial, join(place, name));
      } catch (error) {
        return unlessCompleted(error as Error);
      }
      const replaced = readdirSync(place).filter((one) => one.startsWith(`${part}-`) && one !== name);
      for (const one of replaced) rmSync(join(place, one), { force: true });
      syncFolder(place);
      return { bytes: measured.bytes, etag: JSON.stringify(measured.md5) };
    },

    async stage(bucket, uploadId, parts) {
      const place = folderOf(bucket, uploadId);
      const ordered = parts.toSorted((one, other) => one.number - other.number);
      const paths = ordered.map((part) => join(place, partName(part)));
      // Another ETag than an MD5 could be a path.
      if (!ordered.every(({ etag }) => MD5.test(etag)) || !paths.every((path) => existsSync(path)))
        throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
      if (paths.slice(0, -1).some((path) => statSync(path).size < MIN_PART_BYTES))
        throw new S3Error('EntityTooSmall', 'A part before the last has less than 5 MiB.');
      const key = textIn(bucket, uploadId, 'key');
      const headers = z.parse(storedHeaders, JSON.parse(textIn(bucket, uploadId, 'metadata')));
      const staged = await files.stage(bucket, key, Readable.from(contentOf(paths))).catch(unlessCompleted);
      return { key, headers, staged };
    },

    remove: (bucket, uploadId) => rmSync(folderOf(bucket, uploadId), { recursive: true, force: true }),
  };
}

const storedHeaders = z.record(z.string(), z.string());

/** Another request has completed or aborted the upload in the meantime. */
function unlessCompleted(error: Error & { readonly code?: string }): never {
  if (error.code !== 'ENOENT') throw error;
  throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
}

const MD5 = /^[0-9a-f]{32}$/;

const partName = ({ number, etag }: Part): string => `${number}-${etag}`;

async function* contentOf(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path);
}
