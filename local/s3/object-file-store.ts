import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type S3rver from '@20minutes/s3rver';
import type { Store } from '@20minutes/s3rver';
import S3Object from '@20minutes/s3rver/lib/models/object.js';
import { requireConditions } from './conditional-writes.ts';
import { createObjectFiles, type FoundObject, type StagedObject } from './object-files.ts';
import { DamagedObject, type ObjectHead } from './object-links.ts';
import { compareKeys, keysIn, sweep } from './object-paths.ts';
import { keepTags, toTagging } from './object-tags.ts';
import { createObjectUploads } from './object-uploads.ts';

/**
 * Replaces s3rver's own store, which writes content, hash and metadata one after the other. A `kill -9` in between leaves
 * an object there that throws on every read.
 */
export function keepObjectsAsFiles(server: S3rver, folder: string, buckets: readonly string[]): void {
  for (const bucket of buckets) {
    mkdirSync(join(folder, bucket), { recursive: true });
    chmodSync(join(folder, bucket), 0o700);
  }
  sweep(folder);
  keepTags();
  Object.assign(server.store, objectFileStore(folder));
}

/** The store interface of s3rver over `ObjectFiles`. */
export function objectFileStore(folder: string): Store {
  const files = createObjectFiles(folder);
  const uploads = createObjectUploads(folder, files);

  function publish(staged: StagedObject, metadata: ObjectHead['metadata']): { size: number; md5: string } {
    try {
      staged.publish(metadata, requireConditions);
    } catch (error) {
      staged.discard();
      throw error;
    }
    return { size: staged.bytes, md5: JSON.parse(staged.etag) };
  }

  function required(bucket: string, key: string): FoundObject {
    const found = files.find(bucket, key);
    if (found === undefined) throw Object.assign(new Error(`There is no object ${key}.`), { code: 'ENOENT' });
    return found;
  }

  /** Leaves damaged objects out of a list, so that they do not break it. */
  function firstReadable(bucket: string, keys: readonly string[], count: number): readonly S3Object[] {
    const found: S3Object[] = [];
    for (const key of keys) {
      if (found.length >= count) break;
      try {
        found.push(new S3Object(bucket, key, null, toHeaders(required(bucket, key))));
      } catch (error) {
        if (!(error instanceof DamagedObject)) throw error;
        console.error(error.message);
      }
    }
    return found;
  }

  return {
    getMetadata: async (bucket, key) => toHeaders(required(bucket, key)),
    existsObject: async (bucket, key) => files.has(bucket, key),
    getObject: async (bucket, key, range) => {
      const found = files.find(bucket, key);
      return found === undefined ? null : toObject({ bucket, key }, found, range);
    },
    putObject: async ({ bucket, key, content, metadata }) =>
      publish(await files.stage(bucket, key, content), metadata),
    getSubresource: async (bucket, key, type) =>
      key !== undefined && type === 'tagging' ? toTagging(required(bucket, key).metadata) : null,
    deleteObject: async (bucket, key) => files.remove(bucket, key),
    initiateUpload: async (bucket, key, uploadId, headers) => uploads.begin(bucket, key, uploadId, headers),
    putPart: async (bucket, uploadId, part, content) => {
      const { bytes, etag } = await uploads.putPart(bucket, uploadId, Number(part), content);
      return { size: bytes, md5: JSON.parse(etag) };
    },
    putObjectMultipart: async (bucket, uploadId, parts) => {
      const { headers, staged } = await uploads.stage(bucket, uploadId, parts);
      const result = publish(staged, toMetadata(headers));
      uploads.remove(bucket, uploadId);
      return result;
    },
    listObjects: async (bucket, { delimiter = '', startAfter = '', prefix = '', maxKeys = Infinity }) => {
      const keys = keysIn(join(folder, bucket), prefix).filter((key) => compareKeys(key, startAfter) > 0);
      const folded = (key: string): number => (delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length));
      const own = keys.filter((key) => folded(key) === -1);
      const listed = firstReadable(bucket, own, maxKeys + 1);
      const page = listed.slice(0, maxKeys);
      const prefixes = keys.flatMap((key) =>
        folded(key) === -1 ? [] : [key.slice(0, folded(key) + delimiter.length)],
      );
      return {
        objects: page,
        commonPrefixes: [...new Set(prefixes)],
        isTruncated: listed.length > page.length,
      };
    },
  };
}

/** The headers of a request that s3rver keeps. */
function toMetadata(headers: Readonly<Record<string, string>>): ObjectHead['metadata'] {
  return new S3Object('', '', null, headers).metadata;
}

function toHeaders({
  metadata,
  etag,
  bytes,
  modifiedAt,
}: FoundObject): Record<string, string> & { etag: string } {
  return {
    ...metadata,
    etag,
    'last-modified': modifiedAt.toUTCString(),
    'content-length': String(bytes),
  };
}

interface Range {
  readonly start?: number;
  readonly end?: number;
}

/** s3rver expects an object without content for an unsatisfiable range. */
function toObject(
  place: { readonly bucket: string; readonly key: string },
  found: FoundObject,
  range: Range = {},
): S3Object {
  const { start, end } = range;
  const last = Math.max(0, found.bytes - 1);
  const wanted = { start: start ?? 0, end: Math.min(end ?? last, last) };
  const isSatisfiable = wanted.start >= 0 && wanted.end >= wanted.start;
  const content: Readable | null = isSatisfiable ? found.read(wanted) : null;
  const object = new S3Object(place.bucket, place.key, content, toHeaders(found));
  if (start !== undefined || end !== undefined) object.range = wanted;
  return object;
}
