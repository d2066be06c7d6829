import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createObjectFiles } from '../../local/s3/object-files.ts';
import { keysIn } from '../../local/s3/object-paths.ts';

/** A stored job document. */
interface JobOnDisk {
  readonly task?: { readonly task_id?: string };
  readonly error?: unknown;
}

/** The objects of the bucket, read from their files. */
export interface StoredObjects {
  /** By the id of the video. */
  jobs(): ReadonlyMap<string, JobOnDisk>;
  /** Reads every object. @returns the keys of unreadable objects, and of videos with another hash */
  faults(
    sha256: string,
  ): Promise<{ readonly throwing: readonly string[]; readonly damaged: readonly string[] }>;
}

export function storedObjects(folder: string): StoredObjects {
  const files = createObjectFiles(folder);
  const bucketIn = (): string | undefined => (existsSync(folder) ? readdirSync(folder)[0] : undefined);
  const keys = (): readonly string[] => {
    const bucket = bucketIn();
    return bucket === undefined ? [] : keysIn(join(folder, bucket), '');
  };

  async function read(key: string): Promise<Buffer> {
    const found = files.find(bucketIn() ?? '', key);
    if (found === undefined) throw new Error(`${key} is listed and does not exist.`);
    const content = await buffer(found.read({ start: 0, end: Math.max(0, found.bytes - 1) }));
    if (content.length !== found.bytes) throw new Error(`${key} has another length than stated.`);
    if (key.endsWith('.json')) JSON.parse(content.toString('utf8'));
    return content;
  }

  return {
    jobs: () =>
      new Map(
        keys().flatMap((key) => {
          const videoId = /^videos\/([^/]+)\/job\.json$/.exec(key)?.[1];
          const found = files.find(bucketIn() ?? '', key);
          return videoId === undefined || found === undefined
            ? []
            : [[videoId, JSON.parse(found.text()) as JobOnDisk]];
        }),
      ),
    async faults(sha256) {
      const throwing: string[] = [];
      const damaged: string[] = [];
      for (const key of keys()) {
        const content = await read(key).catch(() => undefined);
        if (content === undefined) throwing.push(key);
        else if (key.endsWith('.mp4') && createHash('sha256').update(content).digest('hex') !== sha256)
          damaged.push(key);
      }
      return { throwing, damaged };
    },
  };
}
