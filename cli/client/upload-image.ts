import { createHash } from 'node:crypto';
import ky from 'ky';
import type { UploadRequest } from '../../lambdas/core/api/request.ts';
import { uploadSchema } from '../../lambdas/core/api/response.ts';
import { UserError } from '../../local/user-error.ts';
import type { Api } from './api.ts';
import { toFailedAttempt } from './failed-attempt.ts';

/** Long enough for the largest image over a slow line. */
const TIMEOUT_MS = 600_000;

interface UploadOptions {
  readonly api: Api;
  /** `https://…/uploads` */
  readonly url: URL;
  readonly signal: AbortSignal | undefined;
}

export interface LocalImage {
  readonly bytes: Buffer;
  readonly type: UploadRequest['content_type'];
}

/** @returns the value of a media input. @throws ApiError, NoResponse, UserError */
export async function uploadImage(
  { bytes, type }: LocalImage,
  { api, url, signal }: UploadOptions,
): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const json = { content_type: type, bytes: bytes.length, sha256 };
  const { value, upload: target } = (await api.post(url, uploadSchema, { json })).body;
  await ky(target.url, {
    method: target.method,
    headers: target.headers,
    body: new Uint8Array(bytes),
    signal,
    timeout: TIMEOUT_MS,
    retry: 0,
  }).catch((cause: Error) => {
    throw new UserError(`The image could not be uploaded (${toFailedAttempt(cause).reason}).`, { cause });
  });
  return value;
}
