import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { getObject } from './get-object.ts';
import { thrownUnavailable, unavailable } from './storage-failure.ts';

/** How S3 says that an object is not, or in this moment may not be, what it was. */
const OVERTAKEN: readonly string[] = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** What lies under a key, and the entity tag by which it is told from what may be there later. */
export interface Versioned {
  readonly value: unknown;
  readonly version: string | undefined;
}

/** The small JSON objects of a bucket. */
export interface JsonObjects {
  /** @throws Failure `StorageUnavailable` */
  putJson(key: string, value: unknown, signal?: AbortSignal): Promise<void>;
  /** An object, or `undefined` where there is none. @throws Failure `StorageUnavailable` */
  readJson(key: string): Promise<unknown>;
  /** The same with the version that it has; `undefined` as the version where there is none. @throws Failure `StorageUnavailable` */
  readVersion(key: string): Promise<Versioned>;
  /**
   * Writes an object if it still has this version, or still is not there.
   * @returns the version that it has now; undefined where it was not written
   * @throws Failure `StorageUnavailable`
   */
  putVersion(key: string, value: unknown, version: string | undefined): Promise<string | undefined>;
}

export function createJsonObjects(bucket: string, client: S3Client): JsonObjects {
  const toInput = (key: string, value: unknown): PutObjectCommandInput => ({
    Bucket: bucket,
    Key: key,
    Body: `${JSON.stringify(value, null, 2)}\n`,
    ContentType: 'application/json',
  });

  async function readVersion(key: string): Promise<Versioned> {
    const found = await getObject(client, { Bucket: bucket, Key: key }).catch(thrownUnavailable);
    if (found === undefined) return { value: undefined, version: undefined };
    return { value: JSON.parse((await found.Body?.transformToString()) ?? ''), version: found.ETag };
  }

  return {
    async putJson(key, value, signal) {
      const options = signal === undefined ? {} : { abortSignal: signal };
      await client.send(new PutObjectCommand(toInput(key, value)), options).catch(thrownUnavailable);
    },

    readJson: async (key) => (await readVersion(key)).value,
    readVersion,

    async putVersion(key, value, version) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      return client.send(new PutObjectCommand({ ...toInput(key, value), ...condition })).then(
        ({ ETag = '' }) => ETag,
        (error: unknown) => {
          if (error instanceof Error && OVERTAKEN.includes(error.name)) return undefined;
          throw unavailable(error);
        },
      );
    },
  };
}
