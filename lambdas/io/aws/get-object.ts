import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  NoSuchKey,
  type S3Client,
} from '@aws-sdk/client-s3';

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
