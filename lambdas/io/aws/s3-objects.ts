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
 * How S3 says that an object is not, or in this moment may not be, what it was: `If-Match` on a missing object is `NoSuchKey`. The
 * bucket that is missing, and the grant that is, have other codes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const OVERTAKEN: readonly string[] = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

/** What lies under a key, and the entity tag by which it is told from what may be there later. */
export interface Versioned {
  readonly value: unknown;
  readonly version: string | undefined;
}

/** The text of an object, with its entity tag. */
export interface VersionedText {
  readonly text: string;
  readonly version: string;
}

/** The small JSON objects of a bucket. */
export interface JsonObjects {
  /** An object, or `undefined` where there is none. @throws Failure `StorageUnavailable` */
  readJson(key: string): Promise<unknown>;
  /** The same as text, whatever it is, with its version. @throws Failure `StorageUnavailable` */
  readText(key: string, signal?: AbortSignal): Promise<VersionedText | undefined>;
  /** The same with the version that it has; `undefined` as the version where there is none. @throws Failure `StorageUnavailable` */
  readVersion(key: string): Promise<Versioned>;
  /** Writes an object, whatever is there. @throws Failure `StorageUnavailable` */
  putJson(key: string, value: unknown, signal?: AbortSignal): Promise<void>;
  /** Removes an object, if it is there. @throws Failure `StorageUnavailable` */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /**
   * Writes an object if it still has this version, or still is not there.
   * @returns the version that it has now; undefined where it was not written
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

  const toOptions = (signal: AbortSignal | undefined) =>
    signal === undefined ? {} : { abortSignal: signal };

  async function readText(key: string, signal?: AbortSignal): Promise<VersionedText | undefined> {
    const input = { Bucket: bucket, Key: key };
    const found = await getObject(client, input, toOptions(signal)).catch(rethrowAsStorageUnavailable);
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

    async putJson(key, value, signal) {
      await client
        .send(new PutObjectCommand(toInput(key, value)), toOptions(signal))
        .catch(rethrowAsStorageUnavailable);
    },

    async remove(key, signal) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      await client.send(command, toOptions(signal)).catch(rethrowAsStorageUnavailable);
    },

    async putVersion(key, value, version, signal) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      const command = new PutObjectCommand({ ...toInput(key, value), ...condition });
      return client.send(command, toOptions(signal)).then(
        ({ ETag = '' }) => ETag,
        (error: unknown) => {
          if (error instanceof Error && OVERTAKEN.includes(error.name)) return undefined;
          throw unavailable(error);
        },
      );
    },
  };
}

/**
 * An object, or `undefined` where there is none, which S3 says with the one code `NoSuchKey`. A missing grant is no absence: each
 * function that reads may list the bucket, so that S3 answers 404 for a missing object. Nor is a missing bucket (404 `NoSuchBucket`),
 * or a 404 that is not S3's: what is recorded lies elsewhere then. @throws Error of the SDK
 */
export async function getObject(
  client: S3Client,
  input: GetObjectCommandInput,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<GetObjectCommandOutput | undefined> {
  return client.send(new GetObjectCommand(input), options).catch((error: unknown) => {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  });
}
