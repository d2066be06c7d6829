import type { Catalogue } from '../core/answer.ts';
import type { Fault } from '../core/fault.ts';
import { inspectWhole, isInS3, toUploadKey, UPLOAD_RULE } from '../core/image.ts';
import type { ImageType } from '../core/image-limits.ts';
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
  const media = (checked.media_inputs ?? []).map(({ value }, index) =>
    inspectInput(value, images.get(index)?.bytes, bucket),
  );
  const faults = [
    ...misfits(checked, catalogue),
    ...media.flatMap((inspected, index): readonly Fault[] =>
      'why' in inspected ? [{ pointer: `/media_inputs/${index}/value`, detail: inspected.why }] : [],
    ),
  ];
  if (faults.length > 0) throw new Refusal(badBody(faults));
  return { request, images: withTypes(images, media) };
}

type InspectedInput = { readonly type?: ImageType } | { readonly why: string };

function inspectInput(value: string, bytes: Buffer | undefined, bucket: string): InspectedInput {
  if (bytes !== undefined) return inspectWhole(bytes);
  return isInS3(value) && toUploadKey(value, bucket) === undefined ? { why: UPLOAD_RULE } : {};
}

function withTypes(images: ReceivedBody['images'], media: readonly InspectedInput[]): readonly StoredImage[] {
  return [...images].flatMap(([index, image]) => {
    const inspected = media[index];
    return inspected !== undefined && 'type' in inspected && inspected.type !== undefined
      ? [{ ...image, type: inspected.type }]
      : [];
  });
}

function requireSize(request: VideoRequest): void {
  const [fault] = oversize(request);
  if (fault === undefined) return;
  throw new Refusal(
    toProblem('request-too-large', `The body ${fault.detail}. Nothing was started and nothing is charged.`),
  );
}
