import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** S3 denies a missing object to a caller who may not list the bucket. */
const ABSENT: readonly string[] = ['NoSuchKey', 'AccessDenied'];

/** An object, or `undefined` where there is none. @throws Error of the SDK */
export async function getObject(
  client: S3Client,
  input: GetObjectCommandInput,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<GetObjectCommandOutput | undefined> {
  return client.send(new GetObjectCommand(input), options).catch((error: unknown) => {
    if (error instanceof Error && ABSENT.includes(error.name)) return undefined;
    throw error;
  });
}
