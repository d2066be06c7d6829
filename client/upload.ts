import type { Upload } from '../lambdas/core/api/response.ts';
import type { IMAGE_TYPES } from '../lambdas/core/image/limits.ts';
import type { Addresses } from './address.ts';
import type { Api } from './api.ts';
import { NoResponse, Stopped } from './errors.ts';
import { fromError, fromResponse } from './failed-attempt.ts';
import { textOf } from './limited-text.ts';
import type { CallOptions } from './options.ts';
import { UPLOAD } from './shapes.ts';
import { type Signals, stoppedBy, untilStopped } from './stop.ts';

/** The types of the images that MiniMax takes. */
export type ImageType = (typeof IMAGE_TYPES)[number];

/** The bytes of a JPEG, PNG or WebP of under 20 MB. */
export type ImageBytes = Blob | Uint8Array;

export interface UploadOptions extends CallOptions {
  /** @default what the first bytes of the image say */
  readonly content_type?: ImageType;
}

interface Dependencies {
  readonly api: Api;
  readonly addresses: Addresses;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/**
 * Sends an image to the bucket. An equal image gets an equal value, so that a repeated request stays equal.
 * @returns the `value` of a media input, which your own requests may use for a day
 * @throws ApiError, NoResponse, Stopped, and TypeError where the bytes are no image or the page has no secure context
 */
export async function uploadImage(
  image: ImageBytes,
  options: UploadOptions,
  { api, addresses, signal, timeoutMs }: Dependencies,
): Promise<string> {
  const bytes = new Uint8Array(image instanceof Blob ? await image.arrayBuffer() : image);
  const content_type = options.content_type ?? typeOf(bytes);
  const json = { content_type, bytes: bytes.length, sha256: await sha256Of(bytes) };
  const signals = [options.signal];
  const call = { method: 'POST', url: addresses.sibling('uploads'), json } as const;
  const { value, upload } = (await api(call, UPLOAD, { signals, isHarmless: true })).body;
  await put(bytes, upload, { signals: [signal, ...signals], timeoutMs });
  return value;
}

interface PutOptions {
  readonly signals: Signals;
  readonly timeoutMs: number;
}

const ATTEMPTS = 3;

/** S3 gets the signed headers alone, and an equal image twice does no harm. */
async function put(
  body: Uint8Array<ArrayBuffer>,
  { method, url, headers }: Upload['upload'],
  { signals, timeoutMs }: PutOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const failed = await untilStopped(signals, timeoutMs, async (signal) => {
      const init = { method, headers, body, signal, redirect: 'error', credentials: 'omit' } as const;
      const response = await fetch(url, init);
      const text = await textOf(response);
      return response.ok ? undefined : fromResponse(response, text);
    }).catch(fromError);
    const cause = stoppedBy(signals)?.reason;
    if (stoppedBy(signals) !== undefined) throw new Stopped(false, { cause });
    if (failed === undefined) return;
    if (failed.isRetryable && attempt < ATTEMPTS) continue;
    const reason = `the image could not be uploaded: ${failed.reason}`;
    throw new NoResponse({ host: new URL(url).host, reason, mayHaveBeenReceived: false });
  }
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Browsers have it in secure contexts only: https, and this machine.
  if (globalThis.crypto?.subtle === undefined)
    throw new TypeError('To upload an image, the page needs a secure context (https).');
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The first bytes as text, one character for each. */
const BEGINNINGS: readonly (readonly [ImageType, RegExp])[] = [
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/png', /^\x89PNG/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
];

function typeOf(bytes: Uint8Array): ImageType {
  const beginning = String.fromCharCode(...bytes.subarray(0, 12));
  const found = BEGINNINGS.find(([, pattern]) => pattern.test(beginning));
  if (found !== undefined) return found[0];
  throw new TypeError('The bytes are no JPEG, PNG or WebP: give an image of one of these types.');
}
