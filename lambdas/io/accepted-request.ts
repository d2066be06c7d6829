import type { Catalogue } from '../core/answer.ts';
import type { Fault } from '../core/fault.ts';
import { inspectWhole, isInS3, toUploadKey, UPLOAD_RULE } from '../core/image.ts';
import { badBody, Refusal, toProblem } from '../core/problem.ts';
import { MAX_ITEMS, oversize, toVideoRequest, type VideoRequest } from '../core/request.ts';
import { misfits } from '../core/template-catalogue.ts';
import { unlessFaulty } from './api-call.ts';
import { inlineBytes, keyOf, type StoredImage } from './image-store.ts';

/** A body with the images that came inside it named by where they belong in the bucket: the same image, the same name. */
export interface ReceivedBody {
  readonly whole: unknown;
  readonly light: unknown;
  /** By their index in `media_inputs`. */
  readonly images: ReadonlyMap<number, Omit<StoredImage, 'type'>>;
}

/** Takes the images out of any JSON; whether it is a request at all is another question. */
export function receiveBody(whole: unknown, bucket: string): ReceivedBody {
  const { media_inputs } = (whole ?? {}) as { readonly media_inputs?: unknown };
  const images = new Map<number, Omit<StoredImage, 'type'>>();
  if (!Array.isArray(media_inputs) || media_inputs.length > MAX_ITEMS) return { whole, light: whole, images };
  const lightInputs = media_inputs.map((input: unknown, index) => {
    const { value } = (input ?? {}) as { readonly value?: unknown };
    const bytes = typeof value === 'string' ? inlineBytes(value) : undefined;
    if (bytes === undefined) return input;
    const key = keyOf(bytes);
    images.set(index, { key, bytes });
    return { ...(input as object), value: `s3://${bucket}/${key}` };
  });
  return { whole, light: { ...(whole as object), media_inputs: lightInputs }, images };
}

/** A request that may be started, and the images that have to be in the bucket then. */
export interface AcceptedRequest {
  readonly request: VideoRequest;
  readonly images: readonly StoredImage[];
}

interface Rules {
  readonly catalogue: Catalogue;
  readonly bucket: string;
}

/** Everything about a body that can be checked before anything is started for it. @throws Refusal */
export function acceptRequest(
  { whole, light, images }: ReceivedBody,
  { catalogue, bucket }: Rules,
): AcceptedRequest {
  const checked = unlessFaulty(toVideoRequest(whole));
  const request = light as VideoRequest;
  requireSize(request);
  if ('task_id' in checked) return { request, images: [] };
  const faults: Fault[] = [...misfits(checked, catalogue)];
  const toStore: StoredImage[] = [];
  for (const [index, { value }] of (checked.media_inputs ?? []).entries()) {
    const pointer = `/media_inputs/${index}/value`;
    const image = images.get(index);
    if (image === undefined) {
      const isElsewhere = isInS3(value) && toUploadKey(value, bucket) === undefined;
      if (isElsewhere) faults.push({ pointer, detail: UPLOAD_RULE });
      continue;
    }
    const inspected = inspectWhole(image.bytes);
    if ('why' in inspected) faults.push({ pointer, detail: inspected.why });
    else toStore.push({ ...image, type: inspected.type });
  }
  if (faults.length > 0) throw new Refusal(badBody(faults));
  return { request, images: toStore };
}

function requireSize(request: VideoRequest): void {
  const [fault] = oversize(request);
  if (fault === undefined) return;
  throw new Refusal(
    toProblem('request-too-large', `The body ${fault.detail}. Nothing was started and nothing is charged.`),
  );
}
