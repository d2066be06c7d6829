import * as z from 'zod/mini';
import { Failure } from './failure.ts';
import { shortened } from './plain-text.ts';

/** What a state machine execution can be given: 262,144 bytes, less the room that the growing job document needs. */
export const MAX_REQUEST_BYTES = 200_000;

const ID_RULE = 'must be a string of 1 to 64 letters, digits, "-" or "_"';
const MEDIA_RULE = 'must be an http(s) URL, a data:image/…;base64,… URL or an s3:// URI';

const id = z.string(ID_RULE).check(z.regex(/^[\w-]{1,64}$/, ID_RULE));
const MAX_METADATA_DEPTH = 20;
const METADATA_RULE = `must be an object, nested at most ${MAX_METADATA_DEPTH} deep`;
const metadata = z.optional(
  z
    .record(z.string(), z.unknown(), METADATA_RULE)
    .check(z.refine((value) => isShallow(value, MAX_METADATA_DEPTH), METADATA_RULE)),
);
const mediaInput = z.strictObject({ value: z.string(MEDIA_RULE).check(z.refine(isMediaUrl, MEDIA_RULE)) });
const textInput = z.strictObject({
  value: z.string('must be a string').check(z.minLength(1, 'must not be empty')),
});

const newTask = z.strictObject({
  template_id: id,
  media_inputs: z.optional(z.array(mediaInput, 'must be a list of { "value": … }')),
  text_inputs: z.optional(z.array(textInput, 'must be a list of { "value": … }')),
  metadata,
});
const existingTask = z.strictObject({ task_id: id, metadata });

/** MiniMax's own request body, and the caller's `metadata`. */
export type NewTaskRequest = z.infer<typeof newTask>;
/** A task that MiniMax has already: nothing is submitted for it. */
export type ExistingTaskRequest = z.infer<typeof existingTask>;
export type VideoRequest = NewTaskRequest | ExistingTaskRequest;

/** One wrong place of a body; `pointer` is a JSON Pointer (RFC 6901), `''` the whole body. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Checks the body of a request for a video; refuses it with every wrong field named. */
export function toVideoRequest(body: unknown): Checked<VideoRequest> {
  const isAdoption = typeof body === 'object' && body !== null && 'task_id' in body;
  const schema = isAdoption ? existingTask : newTask;
  const parsed = z.safeParse(schema, body, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.flatMap((issue) => toFaults(issue, Object.keys(schema.shape))),
  };
}

/** The task that a request asks to adopt, whatever else is wrong with it. */
export function givenTaskId(request: unknown): string | undefined {
  const { task_id } = (request ?? {}) as { readonly task_id?: unknown };
  return typeof task_id === 'string' ? task_id : undefined;
}

/** The same check for a step of the workflow. @throws Failure `InvalidRequest` */
export function requireVideoRequest(body: unknown): VideoRequest {
  const request = withinSize(toVideoRequest(body));
  if (request.ok) return request.value;
  throw new Failure('InvalidRequest', `The request is wrong: ${faultsSentence(request.faults)}.`);
}

/** The same check on text from outside: its size, its JSON, its fields. */
export function parseVideoRequest(text: string | null): Checked<VideoRequest> {
  if (text === null || text.trim() === '') return refused('is empty; send a JSON object with a template_id');
  const checked = parse(text);
  return !checked.ok && sizeOf(text) > MAX_REQUEST_BYTES ? tooLarge(sizeOf(text)) : withinSize(checked);
}

/** Counted as it will be sent on, which may be longer than it came: 1e20 is five characters, and 21 there. */
function withinSize(checked: Checked<VideoRequest>): Checked<VideoRequest> {
  const bytes = checked.ok ? sizeOf(JSON.stringify(checked.value)) : 0;
  return bytes <= MAX_REQUEST_BYTES ? checked : tooLarge(bytes);
}

function tooLarge(bytes: number): Checked<never> {
  return refused(
    `is ${bytes} bytes; the workflow carries at most ${MAX_REQUEST_BYTES}. Give large images by URL`,
  );
}

function parse(text: string): Checked<VideoRequest> {
  try {
    return toVideoRequest(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return refused('is not JSON');
    throw error;
  }
}

/** In bytes of UTF-8. */
export function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

const MOST_FAULTS = 5;
const LONGEST_POINTER = 80;

/** The first faults in one line, for a caller that has only a sentence. */
export function faultsSentence(faults: readonly Fault[]): string {
  const first = faults
    .slice(0, MOST_FAULTS)
    .map(
      ({ pointer, detail }) =>
        `${pointer === '' ? 'the body' : shortened(pointer, LONGEST_POINTER)} ${detail}`,
    );
  const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : [];
  return [...first, ...more].join('; ');
}

function refused(detail: string): Checked<never> {
  return { ok: false, faults: [{ pointer: '', detail }] };
}

/** Engines and consoles give up on JSON that is nested too deep. */
function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

function isMediaUrl(value: string): boolean {
  if (/^data:image\/[a-z+.-]+;base64,[A-Za-z0-9+/]+=*$/i.test(value)) return true;
  return /^(https?|s3):\/\//i.test(value) && URL.canParse(value);
}

function toFaults(issue: z.core.$ZodIssue, allowed: readonly string[]): readonly Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? allowed.join(', ') : 'value';
    const unknown = `is not a known field; known are ${known}`;
    const isAdoption = allowed.includes('task_id');
    return issue.keys.map((key) => ({
      pointer: toPointer([...issue.path, key]),
      detail:
        isAdoption && key in newTask.shape ? 'does not go with task_id: send one or the other' : unknown,
    }));
  }
  const rule = ruleOf(issue);
  const detail =
    issue.input === undefined ? `is missing: it ${rule}` : `${rule}; given ${shown(issue.input)}`;
  return [{ pointer: toPointer(issue.path), detail }];
}

function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function ruleOf(issue: z.core.$ZodIssue): string {
  return issue.message.startsWith('must') ? issue.message : 'must be an object';
}

function shown(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'an object';
  // A link is named by its kind only: it may carry somebody's credentials.
  const scheme = typeof input === 'string' ? /^([a-z][a-z0-9+.-]*):/i.exec(input)?.[1] : undefined;
  if (scheme !== undefined) return `${/^[aeiou]/i.test(scheme) ? 'an' : 'a'} ${scheme}: URL`;
  if (typeof input === 'string')
    return input.length <= 80 ? JSON.stringify(input) : `a string of ${input.length} characters`;
  // Without its digits: beyond 2^53 they are no longer those that were sent.
  return typeof input === 'number' ? 'a number without quotes' : `the ${typeof input} ${String(input)}`;
}
