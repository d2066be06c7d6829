import { randomUUID } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { contentOf, headAt, type ObjectHead, removeContent, removeLink, show } from './object-links.ts';
import { dropEmptyFolders, makeFolder, metadataOf, RESERVED, toPath } from './object-paths.ts';
import { writeMeasured } from './write-measured.ts';

export interface FoundObject extends ObjectHead {
  readonly modifiedAt: Date;
  /** @param range both ends included */
  read(range: { readonly start: number; readonly end: number }): Readable;
  /** The content as text, for small objects. */
  text(): string;
}

/** Content on disk that is not yet an object. */
export interface StagedObject extends Pick<ObjectHead, 'etag' | 'bytes'> {
  /** Replaces the object of its key. @throws Error of `check`, which leaves everything unchanged */
  publish(metadata: ObjectHead['metadata'], check?: (current: ObjectHead | undefined) => void): void;
  discard(): void;
}

/**
 * Objects as files that people can open. A key is a symbolic link to its content, which has its metadata beside it:
 * `videos/1/video.mp4 -> .~0c5….mp4`, and `.~0c5…~metadata`. Both files never change. So one rename of the link replaces
 * content and metadata together, and a reader gets the old or the new object.
 */
export interface ObjectFiles {
  /** @throws DamagedObject where its content or its metadata cannot be read */
  find(bucket: string, key: string): FoundObject | undefined;
  /** Is there an object, damaged or not? */
  has(bucket: string, key: string): boolean;
  /** Writes content to disk without a key. @throws Error of the content */
  stage(bucket: string, key: string, content: Buffer | Readable): Promise<StagedObject>;
  remove(bucket: string, key: string): void;
}

const NEW_FILE = { mode: 0o600, flush: true };

/** Content up to this size is read at once, because it may be replaced during a slow read. */
const SMALL_BYTES = 65_536;

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
      removeLink(path, content);
      dropEmptyFolders(dirname(path), join(folder, bucket));
    },
  };
}
