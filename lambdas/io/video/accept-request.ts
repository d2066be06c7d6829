import { badBody, ProblemError, toProblem } from '../../core/api/problem.ts';
import { oversizeIssues, tooManyItems, toVideoRequest, type VideoRequest } from '../../core/api/request.ts';
import { isDataUrl, readDataUrl } from '../../core/image/data-url.ts';
import { inspectWhole, isInS3, toUploadKey, UPLOAD_RULE } from '../../core/image/image.ts';
import type { ValidationIssue } from '../../core/json/pointer.ts';
import { imagesOf, kindOf, withImages } from '../../core/minimax/request-kind.ts';
import { keyOf, type StoredImage } from '../image/uploads.ts';
import { valueOrBadRequest } from '../lambda/api-handler.ts';

/** A request body, and the images that came inside it. */
export interface ReceivedBody {
  readonly original: unknown;
  /** Each inline image is replaced by its address in the bucket, which is a hash: equal images have equal addresses. */
  readonly normalized: unknown;
  /** By their JSON Pointers: each image, or why its `data:` URL cannot be read. */
  readonly images: ReadonlyMap<string, ReceivedImage>;
}

type ReceivedImage = Omit<StoredImage, 'type'> | { readonly why: string };

/** Takes the images out of any JSON. It does not check whether the JSON is a request. */
export function receiveBody(original: unknown, bucket: string): ReceivedBody {
  const images = new Map<string, ReceivedImage>();
  if (tooManyItems(original).length > 0) return { original, normalized: original, images };
  const normalized = withImages(original, (value, pointer) => {
    if (!isDataUrl(value)) return value;
    const content = readDataUrl(value);
    const image = 'why' in content ? content : { key: keyOf(content.bytes), bytes: content.bytes };
    images.set(pointer, image);
    return 'why' in image ? value : `s3://${bucket}/${image.key}`;
  });
  return { original, normalized, images };
}

/** A request that may be started, and the images that have to be in the bucket then. */
export interface AcceptedRequest {
  readonly request: VideoRequest;
  readonly images: readonly StoredImage[];
}

export interface AcceptanceRules {
  /** MiniMax's host. Each host has its own templates. */
  readonly host: string;
  readonly bucket: string;
}

/** Everything about a body that can be checked before anything is started for it. @throws ProblemError */
export function acceptRequest(
  { original, normalized, images }: ReceivedBody,
  { host, bucket }: AcceptanceRules,
): AcceptedRequest {
  const checked = valueOrBadRequest(toVideoRequest(original));
  const request = normalized as VideoRequest;
  if ('task_id' in checked) {
    requireSize(request);
    return { request, images: [] };
  }
  const faults: ValidationIssue[] = [...kindOf(checked).violations(checked, host)];
  const toStore: StoredImage[] = [];
  for (const { value, pointer } of imagesOf(checked)) {
    const judged = judge(value, images.get(pointer), bucket);
    if (judged === undefined) continue;
    if ('why' in judged) faults.push({ pointer, detail: judged.why });
    else toStore.push(judged);
  }
  if (faults.length > 0) throw new ProblemError(badBody(faults));
  // An image that cannot be read is still there, and too large; what is wrong with it says more.
  requireSize(request);
  return { request, images: toStore };
}

/** An image that is to be stored, or what is wrong with it; `undefined` for one at another place, which is not read here. */
function judge(
  value: string,
  image: ReceivedImage | undefined,
  bucket: string,
): StoredImage | { readonly why: string } | undefined {
  if (image === undefined) {
    const isElsewhere = isInS3(value) && toUploadKey(value, bucket) === undefined;
    return isElsewhere ? { why: UPLOAD_RULE } : undefined;
  }
  if ('why' in image) return image;
  const inspected = inspectWhole(image.bytes);
  return 'why' in inspected ? inspected : { ...image, type: inspected.type };
}

function requireSize(request: VideoRequest): void {
  const [fault] = oversizeIssues(request);
  if (fault === undefined) return;
  throw new ProblemError(
    toProblem('request-too-large', `The body ${fault.detail}. Nothing was started and nothing is charged.`),
  );
}
