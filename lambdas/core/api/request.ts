import * as z from 'zod/mini';
import { Failure } from '../failure.ts';
import { isDataUrl } from '../image/data-url.ts';
import { IMAGE_LIMIT_BYTES, IMAGE_TYPES } from '../image/limits.ts';
import { isShallow } from '../json/depth.ts';
import type { ValidationIssue } from '../json/pointer.ts';
import { unfitPlaces } from '../json/unsupported-values.ts';
import { escaped } from '../text/plain.ts';
import { REPLACEMENT } from './utf8.ts';
import { type Checked, checkAgainst, issuesSentence } from './validation.ts';

/** Step Functions carries 262,144 bytes between states. The rest is for what the steps add to the job document. */
export const MAX_REQUEST_BYTES = 200_000;

/** More than any template needs. A body of megabytes could hold a million items. */
export const MAX_ITEMS = 100;
const ITEMS_RULE = `must be a list of at most ${MAX_ITEMS}`;

const ID_RULE = 'must be a string of 1 to 64 letters, digits, "-" or "_"';
const MEDIA_RULE =
  'must be an http(s) URL or an s3:// URI, without unprintable characters, or a data: URL with an image';
const UTF8_RULE = 'must not contain U+FFFD, which replaces bytes that were not UTF-8; send the JSON in UTF-8';
/** API Gateway replaces bytes that are not UTF-8 with U+FFFD. A video with such a text would be charged too. */
const isIntact = z.refine<string>((text) => !text.includes(REPLACEMENT), UTF8_RULE);

const idSchema = z.string(ID_RULE).check(z.regex(/^[\w-]{1,64}$/, ID_RULE));
/** Step Functions engines and consoles reject JSON that is nested too deep. */
const MAX_METADATA_DEPTH = 20;
const METADATA_RULE = `must be an object, nested at most ${MAX_METADATA_DEPTH} deep`;
const metadataSchema = z.optional(
  z.record(z.string(), z.unknown(), METADATA_RULE).check(
    z.refine((value) => isShallow(value, MAX_METADATA_DEPTH), METADATA_RULE),
    z.describe(
      'An object of your own, which the service returns unchanged. Numbers that a double cannot hold are rejected: send them as strings.',
    ),
  ),
);
const mediaInputSchema = z.strictObject({
  value: z
    .string(MEDIA_RULE)
    .check(
      z.refine(isMediaUrl, MEDIA_RULE),
      isIntact,
      z.describe(
        'A public URL of an image, a data: URL (RFC 2397; base64 of any alphabet and padding, with or without line breaks), or the value from POST /uploads.',
      ),
    ),
});
const textInputSchema = z.strictObject({
  value: z.string('must be a string').check(z.minLength(1, 'must not be empty'), isIntact),
});

export const newTaskSchema = z.strictObject({
  template_id: idSchema.check(z.describe("A template's id, as in GET /templates. Always a string.")),
  media_inputs: z.optional(
    z.array(mediaInputSchema, 'must be a list of { "value": … }').check(z.maxLength(MAX_ITEMS, ITEMS_RULE)),
  ),
  text_inputs: z.optional(
    z.array(textInputSchema, 'must be a list of { "value": … }').check(z.maxLength(MAX_ITEMS, ITEMS_RULE)),
  ),
  metadata: metadataSchema,
});
export const existingTaskSchema = z.strictObject({
  task_id: idSchema.check(z.describe('A task that exists at MiniMax: the service submits nothing.')),
  metadata: metadataSchema,
});

const TYPE_RULE = `must be one of ${IMAGE_TYPES.join(', ')}`;
const SHA256_RULE = 'must be 64 hexadecimal digits in lower case';
const BYTES_RULE = `must be a whole number from 1 to ${IMAGE_LIMIT_BYTES - 1}`;

/** The body of `POST /uploads`. */
export const uploadRequestSchema = z.strictObject({
  content_type: z.enum(IMAGE_TYPES, TYPE_RULE),
  bytes: z
    .int(BYTES_RULE)
    .check(
      z.minimum(1, BYTES_RULE),
      z.maximum(IMAGE_LIMIT_BYTES - 1, BYTES_RULE),
      z.describe('The length of the image.'),
    ),
  sha256: z.optional(
    z
      .string(SHA256_RULE)
      .check(
        z.regex(/^[0-9a-f]{64}$/, SHA256_RULE),
        z.describe(
          'The hash of the image. An equal image then gets an equal value, and S3 rejects any other content.',
        ),
      ),
  ),
});

/** MiniMax's request body, and the caller's `metadata`. */
export type NewTaskRequest = z.infer<typeof newTaskSchema>;
/** A task that exists at MiniMax. The service submits nothing. */
export type ExistingTaskRequest = z.infer<typeof existingTaskSchema>;
export type VideoRequest = NewTaskRequest | ExistingTaskRequest;
export type UploadRequest = z.infer<typeof uploadRequestSchema>;

/** Checks the body of `POST /videos`, and reports every wrong field. */
export function toVideoRequest(body: unknown): Checked<VideoRequest> {
  const tooMany = tooManyItems(body);
  if (tooMany.length > 0) return { ok: false, issues: tooMany };
  const checked = checkFields(body);
  const issues = checked.ok ? [] : checked.issues;
  const named = new Set(issues.map(({ pointer }) => pointer));
  const unsupported = unfitPlaces(body).filter(({ pointer }) => !named.has(pointer));
  return unsupported.length === 0 ? checked : { ok: false, issues: [...issues, ...unsupported] };
}

function checkFields(body: unknown): Checked<VideoRequest> {
  const isAdoption = typeof body === 'object' && body !== null && 'task_id' in body;
  if (!isAdoption) return checkAgainst(newTaskSchema, body);
  return checkAgainst(existingTaskSchema, body, (key) =>
    key in newTaskSchema.shape ? 'cannot be combined with task_id: send one of the two' : undefined,
  );
}

const givenTaskSchema = z.object({ task_id: z.string() });

/** The `task_id` of a request, also where other fields of the request are wrong. */
export function givenTaskId(request: unknown): string | undefined {
  return givenTaskSchema.safeParse(request).data?.task_id;
}

/** Checks a request inside the workflow. @throws Failure `InvalidRequest` */
export function requireVideoRequest(body: unknown): VideoRequest {
  const checked = toVideoRequest(body);
  const issues = checked.ok ? oversize(checked.value) : checked.issues;
  if (checked.ok && issues.length === 0) return checked.value;
  throw wrongRequest(issues);
}

/** The failure of a request with these issues. */
export function wrongRequest(issues: readonly ValidationIssue[]): Failure {
  return new Failure('InvalidRequest', `The request is wrong: ${issuesSentence(issues)}.`);
}

/** Measures the request as the workflow will carry it: the number 1e20 arrives as 4 characters, and becomes 21. */
export function oversize(request: VideoRequest): readonly ValidationIssue[] {
  const bytes = sizeOf(JSON.stringify(request));
  if (bytes <= MAX_REQUEST_BYTES) return [];
  const detail = `has ${bytes} bytes without its images; the limit is ${MAX_REQUEST_BYTES}`;
  return [{ pointer: '', detail }];
}

/** In bytes of UTF-8. */
export function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

const listsSchema = z.object({
  media_inputs: z.optional(z.unknown()),
  text_inputs: z.optional(z.unknown()),
});

/** Checked first, because zod would check each of a million items. */
function tooManyItems(body: unknown): readonly ValidationIssue[] {
  return Object.entries(listsSchema.safeParse(body).data ?? {}).flatMap(([field, items]) => {
    if (!Array.isArray(items) || items.length <= MAX_ITEMS) return [];
    return [{ pointer: `/${field}`, detail: `${ITEMS_RULE}; given ${items.length}` }];
  });
}

function isMediaUrl(value: string): boolean {
  // Its content is checked where it is decoded.
  if (isDataUrl(value)) return true;
  if (!URL.canParse(value)) return false;
  // The key of an s3:// URI has its own rule. URL parsers drop control characters from links.
  return /^s3:\/\//i.test(value) || (/^https?:\/\//i.test(value) && escaped(value) === value);
}
