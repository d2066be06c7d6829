import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { MediaInput, NewVideo, VideosClient } from '../../client/index.ts';
import { shortened } from '../../lambdas/core/text/plain.ts';
import { readImage } from '../make/order.ts';
import { orRejected, Rejected } from './answers.ts';

const ALLOWED = 'an https URL, or the path of a JPEG, PNG or WebP file';

/** What an agent asks for. An image is an https URL, or the path of an image file on this machine. */
export interface AgentRequest {
  readonly template_id: string;
  readonly images: readonly string[];
  readonly texts: readonly string[];
  /** The ended video that an equal one follows. */
  readonly again_after?: string;
}

/** A request with the key under which every equal request is sent. */
export interface KeyedRequest {
  readonly request: NewVideo;
  readonly idempotencyKey: string;
}

/**
 * Uploads the images, and makes the key from the content: an agent that asks again, also after a restart, gets its first video. An
 * image that is read again has an equal upload value, because the value is made from its hash.
 * @throws Rejected where an image cannot be read
 */
export async function toKeyedRequest(
  { template_id, images, texts, again_after }: AgentRequest,
  client: Pick<VideosClient, 'upload'>,
): Promise<KeyedRequest> {
  const media_inputs = await Promise.all(images.map((image) => toMediaInput(image, client)));
  const request = { template_id, media_inputs, text_inputs: texts.map((value) => ({ value })) };
  const text = canonicalize({ request, again_after });
  const hash = createHash('sha256').update(String(text)).digest('hex');
  return { request, idempotencyKey: `agent-${hash}` };
}

async function toMediaInput(
  image: string,
  client: Pick<VideosClient, 'upload'>,
): Promise<MediaInput & { readonly value: string }> {
  if (/^https:/i.test(image)) return { value: image };
  if (/^[a-z0-9]{2,}:/i.test(image))
    throw new Rejected(
      `Nothing was started. The image ${shortened(image, 80)} is no https URL and no path; allowed is ${ALLOWED}.`,
    );
  const { bytes } = await orRejected(() => readImage('The image', image, ALLOWED));
  return { value: await client.upload(bytes) };
}
