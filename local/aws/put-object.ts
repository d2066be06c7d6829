import {
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { PutObject } from '../engine/callback-task.ts';
import { REGION } from '../template.ts';
import type { RunCredentials } from './credentials.ts';

/**
 * S3's `PutObject` as Step Functions calls it for a state, over the same protocol as everybody else.
 * @param url where the store is; asked for when it is first needed
 */
export function createPutObject(
  url: () => string,
  credentials: RunCredentials,
): { readonly putObject: PutObject; close(): void } {
  let client: S3Client | undefined;
  return {
    /** A body that is JSON is written as its text; a failure is named as those of all SDK integrations are. */
    async putObject(parameters) {
      client ??= new S3Client({ endpoint: url(), forcePathStyle: true, region: REGION, credentials });
      const input = { ...parameters, Body: JSON.stringify(parameters.Body) } as PutObjectCommandInput;
      try {
        const { $metadata: _metadata, ...output } = await client.send(new PutObjectCommand(input));
        return { ok: true, output: JSON.stringify(output) };
      } catch (error) {
        if (!(error instanceof S3ServiceException)) throw error;
        const { message, $metadata } = error;
        const cause = `${message} (Service: S3, Status Code: ${$metadata.httpStatusCode})`;
        return { ok: false, error: 'S3.S3Exception', cause };
      }
    },
    close: () => client?.destroy(),
  };
}
