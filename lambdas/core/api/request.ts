import * as z from 'zod/mini';
import { Failure } from '../failure.ts';
import { IMAGE_LIMIT_BYTES, IMAGE_TYPES } from '../image/limits.ts';
import { isShallow } from '../json/depth.ts';
import type { ValidationIssue } from '../json/pointer.ts';
import { unfitPlaces } from '../json/unsupported-values.ts';
import { ITEMS_RULE, MAX_ITEMS, minimaxId } from '../minimax/inputs.ts';
import {
  DEFAULT_KIND,
  isKindName,
  KIND_NAMES,
  type KindName,
  kindNamed,
  kindNameOf,
  kindOf,
  type TaskRequest,
} from '../minimax/request-kind.ts';
import { type Checked, checkAgainst, issuesSentence } from './validation.ts';

/** What a state machine execution can be given: 262,144 bytes, less the room that the growing job document needs. */
export const MAX_REQUEST_BYTES = 200_000;

/** Engines and consoles give up on JSON that is nested too deep. */
const MAX_METADATA_DEPTH = 20;
const KIND_RULE = `must be one of ${KIND_NAMES.join(', ')}`;
const METADATA_RULE = `must be an object, nested at most ${MAX_METADATA_DEPTH} deep`;
const metadata = z.optional(
  z.record(z.string(), z.unknown(), METADATA_RULE).check(
    z.refine((value) => isShallow(value, MAX_METADATA_DEPTH), METADATA_RULE),
    z.describe(
      'An object of your own, which is carried through. A number that a double does not keep is refused: send it as a string.',
    ),
  ),
);
const newTasks = KIND_NAMES.map((name) => z.extend(kindNamed(name).requestSchema, { metadata }));
const existingTask = z.strictObject({
  task_id: minimaxId.check(z.describe('A task that MiniMax has already: nothing is submitted for it.')),
  kind: z.optional(
    z.enum(KIND_NAMES, KIND_RULE).check(z.describe(`The kind of the task; without it, ${DEFAULT_KIND}.`)),
  ),
  metadata,
});

/** The body of `POST /videos`. */
export const videoRequest = z.union([...newTasks, existingTask]);

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
export type NewTaskRequest = TaskRequest & { readonly metadata?: z.infer<typeof metadata> };
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
  if (!isAdoption) {
    const schema = newTasks[KIND_NAMES.indexOf(kindNameOf(body))] ?? existingTask;
    return checkAgainst(schema, body) as Checked<NewTaskRequest>;
  }
  const isOfNewTask = (key: string): boolean => newTasks.some(({ shape }) => key in shape);
  return checkAgainst(existingTask, body, (key) =>
    isOfNewTask(key) ? 'does not go with task_id: send one or the other' : undefined,
  );
}

/** The kind of the task that a request asks to adopt, whatever else is wrong with it. */
export function givenKind(request: unknown): KindName {
  const { kind } = (request ?? {}) as { readonly kind?: unknown };
  return isKindName(kind) ? kind : DEFAULT_KIND;
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

/** The lists of a request that have more items than any task takes. */
export function tooManyItems(body: unknown): readonly ValidationIssue[] {
  const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
  return kindOf(body).listFields.flatMap((field) => {
    const items = fields[field];
    if (!Array.isArray(items) || items.length <= MAX_ITEMS) return [];
    return [{ pointer: `/${field}`, detail: `${ITEMS_RULE}; given ${items.length}` }];
  });
}
