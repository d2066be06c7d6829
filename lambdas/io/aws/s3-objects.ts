import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { rethrowAsStorageUnavailable, unavailable } from './errors.ts';

/**
 * Errors of a conditional put. 412: the object has another version. 409: another request for the object is in progress.
 * 404 `NoSuchKey`: `If-Match` on a missing object. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const PRECONDITION_FAILED: readonly string[] = [
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'NoSuchKey',
];

/** The value of an object, and the entity tag of its version. Both are undefined where there is no object. */
export interface Versioned {
  readonly value: unknown;
  readonly version: string | undefined;
}

/** The text of an object, and the entity tag of its version. */
export interface VersionedText {
  readonly text: string;
  readonly version: string;
}

/** The small JSON objects of a bucket. */
export interface JsonObjects {
  /** The value of an object; `undefined` where there is none. @throws Failure `StorageUnavailable` */
  readJson(key: string): Promise<unknown>;
  /** The text of an object, which need not be JSON; `undefined` where there is none. @throws Failure `StorageUnavailable` */
  readText(key: string, signal?: AbortSignal): Promise<VersionedText | undefined>;
  /** The value of an object with its version. @throws Failure `StorageUnavailable` */
  readVersion(key: string): Promise<Versioned>;
  /** Writes or replaces an object. @throws Failure `StorageUnavailable` */
  putJson(key: string, value: unknown, signal?: AbortSignal): Promise<void>;
  /** Deletes an object. A missing one is no error. @throws Failure `StorageUnavailable` */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /**
   * Writes an object if it still has this version (`If-Match`), or where `version` is undefined, if there is none
   * (`If-None-Match: *`).
   * @returns the new version; undefined where the object was not written
   * @throws Failure `StorageUnavailable`
   */
  putVersion(
    key: string,
    value: unknown,
    version: string | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
}

export function createJsonObjects(bucket: string, client: S3Client): JsonObjects {
  const toInput = (key: string, value: unknown): PutObjectCommandInput => ({
    Bucket: bucket,
    Key: key,
    Body: `${JSON.stringify(value, null, 2)}\n`,
    ContentType: 'application/json',
  });

  async function readText(key: string, abortSignal?: AbortSignal): Promise<VersionedText | undefined> {
    const input = { Bucket: bucket, Key: key };
    const found = await getObject(client, input, abortSignal).catch(rethrowAsStorageUnavailable);
    if (found === undefined) return undefined;
    const text = await found.Body?.transformToString().catch(rethrowAsStorageUnavailable);
    return { text: text ?? '', version: found.ETag ?? '' };
  }

  async function readVersion(key: string): Promise<Versioned> {
    const found = await readText(key);
    if (found === undefined) return { value: undefined, version: undefined };
    return { value: JSON.parse(found.text), version: found.version };
  }

  return {
    readText,
    readJson: async (key) => (await readVersion(key)).value,
    readVersion,

    async putJson(key, value, abortSignal) {
      const command = new PutObjectCommand(toInput(key, value));
      await client.send(command, { abortSignal }).catch(rethrowAsStorageUnavailable);
    },

    async remove(key, abortSignal) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      await client.send(command, { abortSignal }).catch(rethrowAsStorageUnavailable);
    },

    async putVersion(key, value, version, abortSignal) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      const command = new PutObjectCommand({ ...toInput(key, value), ...condition });
      return client.send(command, { abortSignal }).then(
        ({ ETag = '' }) => ETag,
        (error: unknown) => {
          if (error instanceof Error && PRECONDITION_FAILED.includes(error.name)) return undefined;
          throw unavailable(error);
        },
      );
    },
  };
}

/**
 * An object, or `undefined` where there is none. Only S3's code `NoSuchKey` is absence. A function that may not list the bucket gets
 * 403 for a missing object, so each function that reads may list it. A missing bucket, or a 404 of a proxy, is an error.
 * @throws Error of the SDK
 */
export async function getObject(
  client: S3Client,
  input: GetObjectCommandInput,
  abortSignal?: AbortSignal,
): Promise<GetObjectCommandOutput | undefined> {
  return client.send(new GetObjectCommand(input), { abortSignal }).catch((error: unknown) => {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  });
}
