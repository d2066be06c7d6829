import { badBody, ProblemError, toProblem } from '../../core/api/problem.ts';
import { oversizeIssues, tooManyItems, toVideoRequest, type VideoRequest } from '../../core/api/request.ts';
import { usableUploads, type Visibility } from '../../core/api/visibility.ts';
import { isDataUrl, readDataUrl } from '../../core/image/data-url.ts';
import { inspectWhole, type UsableUploads, uploadViolation } from '../../core/image/image.ts';
import type { ValidationIssue } from '../../core/json/pointer.ts';
import { imagesOf, kindOf, withImages } from '../../core/minimax/request-kind.ts';
import { keyOf, type StoredImage } from '../image/uploads.ts';
import { valueOrBadRequest } from '../lambda/api-handler.ts';

/** A request body, and its inline images. */
export interface ExtractedBody {
  readonly original: unknown;
  /** The body with an address in the bucket for each inline image. It is a hash, so equal images of an owner have equal addresses. */
  readonly normalized: unknown;
  /** By JSON Pointer: each inline image, or why its `data:` URL cannot be read. */
  readonly images: ReadonlyMap<string, ExtractedImage>;
}

type ExtractedImage = Omit<StoredImage, 'type'> | { readonly why: string };

/** Extracts the inline images of a body, which may be any JSON. */
export function extractImages(
  original: unknown,
  { bucket, owner }: Pick<AcceptanceRules, 'bucket' | 'owner'>,
): ExtractedBody {
  const images = new Map<string, ExtractedImage>();
  if (tooManyItems(original).length > 0) return { original, normalized: original, images };
  const normalized = withImages(original, (value, pointer) => {
    if (!isDataUrl(value)) return value;
    const content = readDataUrl(value);
    const image = 'why' in content ? content : { key: keyOf(content.bytes, owner), bytes: content.bytes };
    images.set(pointer, image);
    return 'why' in image ? value : `s3://${bucket}/${image.key}`;
  });
  return { original, normalized, images };
}

/** A valid request, and the images that must be stored before its execution starts. */
export interface AcceptedRequest {
  readonly request: VideoRequest;
  readonly images: readonly StoredImage[];
}

/** What counts for every request to a deployment. */
export interface DeploymentRules {
  /** MiniMax's host. Each host has its own templates. */
  readonly host: string;
  readonly bucket: string;
  readonly visibility: Visibility;
}

export interface AcceptanceRules extends DeploymentRules {
  /** Whose request it is. */
  readonly owner: string;
}

/** Makes every check of a body that needs no call to AWS or MiniMax. @throws ProblemError */
export function acceptRequest(
  { original, normalized, images }: ExtractedBody,
  { host, bucket, visibility, owner }: AcceptanceRules,
): AcceptedRequest {
  const checked = valueOrBadRequest(toVideoRequest(original));
  const request = normalized as VideoRequest;
  if ('task_id' in checked) {
    requireSize(request);
    return { request, images: [] };
  }
  const issues: ValidationIssue[] = [...kindOf(checked).violations(checked, host)];
  const uploads = { bucket, prefix: usableUploads(visibility, owner) };
  const toStore: StoredImage[] = [];
  for (const { value, pointer } of imagesOf(checked)) {
    const checkedImage = toStoredImage(value, images.get(pointer), uploads);
    if (checkedImage === undefined) continue;
    if ('why' in checkedImage) issues.push({ pointer, detail: checkedImage.why });
    else toStore.push(checkedImage);
  }
  if (issues.length > 0) throw new ProblemError(badBody(issues));
  // Comes last: an unreadable image is still inline, and its own issue says more than the size of the body.
  requireSize(request);
  return { request, images: toStore };
}

/** An image to store, or why it is wrong; `undefined` for a link, which `Submit task` reads. */
function toStoredImage(
  value: string,
  image: ExtractedImage | undefined,
  uploads: UsableUploads,
): StoredImage | { readonly why: string } | undefined {
  if (image === undefined) {
    const why = uploadViolation(value, uploads);
    return why === undefined ? undefined : { why };
  }
  if ('why' in image) return image;
  const inspected = inspectWhole(image.bytes);
  return 'why' in inspected ? inspected : { ...image, type: inspected.type };
}

function requireSize(request: VideoRequest): void {
  const [issue] = oversizeIssues(request);
  if (issue === undefined) return;
  throw new ProblemError(
    toProblem('request-too-large', `The body ${issue.detail}. Nothing was started and nothing is charged.`),
  );
}
