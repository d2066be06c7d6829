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

/** What a state machine execution can be given: 262,144 bytes, less the room that the growing job document needs. */
export const MAX_REQUEST_BYTES = 200_000;

/** More than any template takes; a body of megabytes could hold a million. */
export const MAX_ITEMS = 100;
const ITEMS_RULE = `must be a list of at most ${MAX_ITEMS}`;

const ID_RULE = 'must be a string of 1 to 64 letters, digits, "-" or "_"';
const MEDIA_RULE =
  'must be an http(s) URL or an s3:// URI, without unprintable characters, or a data: URL with an image';
const UTF8_RULE =
  'must not have U+FFFD, which stands where a text was not UTF-8 when it arrived; send the JSON in UTF-8';
/** API Gateway hands a body on as text, and puts this in the place of what it could not read. MiniMax would be paid for it. */
const isWhole = z.refine<string>((text) => !text.includes(REPLACEMENT), UTF8_RULE);

const id = z.string(ID_RULE).check(z.regex(/^[\w-]{1,64}$/, ID_RULE));
/** Engines and consoles give up on JSON that is nested too deep. */
const MAX_METADATA_DEPTH = 20;
const METADATA_RULE = `must be an object, nested at most ${MAX_METADATA_DEPTH} deep`;
const metadata = z.optional(
  z.record(z.string(), z.unknown(), METADATA_RULE).check(
    z.refine((value) => isShallow(value, MAX_METADATA_DEPTH), METADATA_RULE),
    z.describe(
      'An object of your own, which is carried through. A number that a double does not keep is refused: send it as a string.',
    ),
  ),
);
const mediaInput = z.strictObject({
  value: z
    .string(MEDIA_RULE)
    .check(
      z.refine(isMediaUrl, MEDIA_RULE),
      isWhole,
      z.describe(
        'A public URL of an image, a data: URL with one (RFC 2397; base64 of any alphabet and padding, in lines or not), or the value that POST /uploads has answered.',
      ),
    ),
});
const textInput = z.strictObject({
  value: z.string('must be a string').check(z.minLength(1, 'must not be empty'), isWhole),
});

export const newTask = z.strictObject({
  template_id: id.check(z.describe("A template's id, as in GET /templates. Always a string.")),
  media_inputs: z.optional(
    z.array(mediaInput, 'must be a list of { "value": … }').check(z.maxLength(MAX_ITEMS, ITEMS_RULE)),
  ),
  text_inputs: z.optional(
    z.array(textInput, 'must be a list of { "value": … }').check(z.maxLength(MAX_ITEMS, ITEMS_RULE)),
  ),
  metadata,
});
export const existingTask = z.strictObject({
  task_id: id.check(z.describe('A task that MiniMax has already: nothing is submitted for it.')),
  metadata,
});

const TYPE_RULE = `must be one of ${IMAGE_TYPES.join(', ')}`;
const SHA256_RULE = 'must be 64 hexadecimal digits in lower case';
const BYTES_RULE = `must be a whole number from 1 to ${IMAGE_LIMIT_BYTES - 1}`;

/** What `POST /uploads` is asked for. */
export const uploadRequest = z.strictObject({
  content_type: z.enum(IMAGE_TYPES, TYPE_RULE),
  bytes: z
    .int(BYTES_RULE)
    .check(z.minimum(1, BYTES_RULE), z.maximum(IMAGE_LIMIT_BYTES - 1, BYTES_RULE), z.describe('Its length.')),
  sha256: z.optional(
    z
      .string(SHA256_RULE)
      .check(
        z.regex(/^[0-9a-f]{64}$/, SHA256_RULE),
        z.describe('Its hash: the same image then has the same value, and S3 takes no other.'),
      ),
  ),
});

/** MiniMax's own request body, and the caller's `metadata`. */
export type NewTaskRequest = z.infer<typeof newTask>;
/** A task that MiniMax has already: nothing is submitted for it. */
export type ExistingTaskRequest = z.infer<typeof existingTask>;
export type VideoRequest = NewTaskRequest | ExistingTaskRequest;
export type UploadRequest = z.infer<typeof uploadRequest>;

/** Checks the body of a request for a video; refuses it with every wrong field named. */
export function toVideoRequest(body: unknown): Checked<VideoRequest> {
  const tooMany = tooManyItems(body);
  if (tooMany.length > 0) return { ok: false, faults: tooMany };
  const checked = checkFields(body);
  const faults = checked.ok ? [] : checked.faults;
  const named = new Set(faults.map(({ pointer }) => pointer));
  const unfit = unfitPlaces(body).filter(({ pointer }) => !named.has(pointer));
  return unfit.length === 0 ? checked : { ok: false, faults: [...faults, ...unfit] };
}

function checkFields(body: unknown): Checked<VideoRequest> {
  const isAdoption = typeof body === 'object' && body !== null && 'task_id' in body;
  if (!isAdoption) return checkAgainst(newTask, body);
  return checkAgainst(existingTask, body, (key) =>
    key in newTask.shape ? 'does not go with task_id: send one or the other' : undefined,
  );
}

/** The task that a request asks to adopt, whatever else is wrong with it. */
export function givenTaskId(request: unknown): string | undefined {
  const { task_id } = (request ?? {}) as { readonly task_id?: unknown };
  return typeof task_id === 'string' ? task_id : undefined;
}

/** The same check for a step of the workflow. @throws Failure `InvalidRequest` */
export function requireVideoRequest(body: unknown): VideoRequest {
  const checked = toVideoRequest(body);
  const faults = checked.ok ? oversize(checked.value) : checked.faults;
  if (checked.ok && faults.length === 0) return checked.value;
  throw wrongRequest(faults);
}

/** The failure of a request that has these faults. */
export function wrongRequest(faults: readonly ValidationIssue[]): Failure {
  return new Failure('InvalidRequest', `The request is wrong: ${issuesSentence(faults)}.`);
}

/** Counted as it will be sent on, which may be longer than it came: 1e20 is five characters, and 21 there. */
export function oversize(request: VideoRequest): readonly ValidationIssue[] {
  const bytes = sizeOf(JSON.stringify(request));
  if (bytes <= MAX_REQUEST_BYTES) return [];
  const detail = `is ${bytes} bytes without its images; the workflow carries at most ${MAX_REQUEST_BYTES}`;
  return [{ pointer: '', detail }];
}

/** In bytes of UTF-8. */
export function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function tooManyItems(body: unknown): readonly ValidationIssue[] {
  const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
  return ['media_inputs', 'text_inputs'].flatMap((field) => {
    const items = fields[field];
    if (!Array.isArray(items) || items.length <= MAX_ITEMS) return [];
    return [{ pointer: `/${field}`, detail: `${ITEMS_RULE}; given ${items.length}` }];
  });
}

function isMediaUrl(value: string): boolean {
  // Whether it can be read, and is an image, is judged where it is read.
  if (isDataUrl(value)) return true;
  if (!URL.canParse(value)) return false;
  // What a key may be made of is a rule of its own. Of a link, a parser leaves control characters out.
  return /^s3:\/\//i.test(value) || (/^https?:\/\//i.test(value) && escaped(value) === value);
}
