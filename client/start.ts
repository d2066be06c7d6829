import type { ExistingTaskRequest, NewTaskRequest, VideoRequest } from '../lambdas/core/api/request.ts';
import type { AcceptedVideo } from '../lambdas/core/api/response.ts';
import type { Addresses } from './address.ts';
import type { Api } from './api.ts';
import type { StartOptions } from './options.ts';
import { ACCEPTED } from './shapes.ts';
import type { ImageBytes } from './upload.ts';

/** An image: a public URL, a `data:` URL, the value of an upload, or the bytes of one, which are uploaded. */
export interface MediaInput {
  readonly value: string | ImageBytes;
}

/** The body of `POST /videos`, whose images may also be bytes. */
export type NewVideo =
  | (Omit<NewTaskRequest, 'media_inputs'> & { readonly media_inputs?: readonly MediaInput[] | undefined })
  | ExistingTaskRequest;

/** A video that was started, and the key under which the request can be repeated without a second video. */
export interface StartedVideo extends AcceptedVideo {
  readonly idempotencyKey: string;
}

interface Dependencies {
  readonly api: Api;
  readonly addresses: Addresses;
  readonly upload: (image: ImageBytes, options: Pick<StartOptions, 'signal'>) => Promise<string>;
}

/** `fetch` would throw at another key, or trim it, after the images were uploaded. */
const KEY = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** Uploads the images that are bytes, and POSTs the request. Every repetition has the one key. */
export async function startVideo(
  request: NewVideo,
  { idempotencyKey = randomKey(), signal }: StartOptions,
  { api, addresses, upload }: Dependencies,
): Promise<StartedVideo> {
  if (!KEY.test(idempotencyKey))
    throw new TypeError(
      'idempotencyKey takes 1 to 255 printable ASCII characters, without spaces around them.',
    );
  const json = await withUploads(request, (image) => upload(image, { signal }));
  const headers = { 'idempotency-key': idempotencyKey };
  const call = { method: 'POST', url: addresses.videos, json, headers } as const;
  const { body } = await api(call, ACCEPTED, { signals: [signal], subject: { idempotencyKey } });
  return { ...body, idempotencyKey };
}

async function withUploads(
  request: NewVideo,
  upload: (image: ImageBytes) => Promise<string>,
): Promise<VideoRequest> {
  if (!('media_inputs' in request) || request.media_inputs === undefined) return request as VideoRequest;
  const inputs = request.media_inputs.map(async ({ value, ...others }) => ({
    ...others,
    value: typeof value === 'string' ? value : await upload(value),
  }));
  return { ...request, media_inputs: await Promise.all(inputs) };
}

/** Pages without a secure context have no `crypto.randomUUID`. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
