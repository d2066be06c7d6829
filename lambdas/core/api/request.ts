import * as z from 'zod/mini';
import { Failure } from '../failure.ts';
import { IMAGE_LIMIT_BYTES, IMAGE_TYPES } from '../image/limits.ts';
import { isShallow } from '../json/depth.ts';
import type { ValidationIssue } from '../json/pointer.ts';
import { unsupportedValues } from '../json/unsupported-values.ts';
import { ITEMS_RULE, MAX_ITEMS, minimaxId } from '../minimax/inputs.ts';
import {
  DEFAULT_KIND,
  KIND_NAMES,
  type KindName,
  kindNamed,
  kindNameOf,
  kindOf,
  type TaskRequest,
} from '../minimax/request-kind.ts';
import { type Checked, checkAgainst, issuesSentence } from './validation.ts';

/** Step Functions carries 262,144 bytes between states. The rest is for what the steps add to the job document. */
export const MAX_REQUEST_BYTES = 200_000;

/** Step Functions engines and consoles reject JSON that is nested too deep. */
const MAX_METADATA_DEPTH = 20;
const KIND_RULE = `must be one of ${KIND_NAMES.join(', ')}`;
const METADATA_RULE = `must be an object, nested at most ${MAX_METADATA_DEPTH} levels deep`;
const metadataSchema = z.optional(
  z.record(z.string(), z.unknown(), METADATA_RULE).check(
    z.refine((value) => isShallow(value, MAX_METADATA_DEPTH), METADATA_RULE),
    z.describe(
      'An object of your own, which the service returns unchanged. Numbers that a double cannot hold are rejected: send them as strings.',
    ),
  ),
);
const newTaskSchemas = KIND_NAMES.map((name) =>
  z.extend(kindNamed(name).requestSchema, { metadata: metadataSchema }),
);
const existingTaskSchema = z.strictObject({
  task_id: minimaxId.check(z.describe('A task that exists at MiniMax: the service submits nothing.')),
  kind: z.optional(
    z.enum(KIND_NAMES, KIND_RULE).check(z.describe(`The kind of the task. Without it, ${DEFAULT_KIND}.`)),
  ),
  metadata: metadataSchema,
});

/** The body of `POST /videos`. */
export const videoRequestSchema = z.union([...newTaskSchemas, existingTaskSchema]);

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
          'The hash of the image. The same image then gets the same value, and S3 rejects any other content.',
        ),
      ),
  ),
});

/** MiniMax's request body, and the caller's `metadata`. */
export type NewTaskRequest = TaskRequest & { readonly metadata?: z.infer<typeof metadataSchema> };
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
  const unsupported = unsupportedValues(body).filter(({ pointer }) => !named.has(pointer));
  return unsupported.length === 0 ? checked : { ok: false, issues: [...issues, ...unsupported] };
}

function checkFields(body: unknown): Checked<VideoRequest> {
  const isAdoption = typeof body === 'object' && body !== null && 'task_id' in body;
  if (!isAdoption) {
    const schema = newTaskSchemas[KIND_NAMES.indexOf(kindNameOf(body))] ?? existingTaskSchema;
    return checkAgainst(schema, body) as Checked<NewTaskRequest>;
  }
  const isOfNewTask = (key: string): boolean => newTaskSchemas.some(({ shape }) => key in shape);
  return checkAgainst(existingTaskSchema, body, (key) =>
    isOfNewTask(key) ? 'cannot be combined with task_id: send one of the two' : undefined,
  );
}

const givenTaskSchema = z.object({ task_id: z.string() });
const givenKindSchema = z.object({ kind: z.enum(KIND_NAMES) });

/** The kind of the task that a request asks to adopt, also where other fields of the request are wrong. */
export function givenKind(request: unknown): KindName {
  return givenKindSchema.safeParse(request).data?.kind ?? DEFAULT_KIND;
}

/** The `task_id` of a request, also where other fields of the request are wrong. */
export function givenTaskId(request: unknown): string | undefined {
  return givenTaskSchema.safeParse(request).data?.task_id;
}

/** Checks a request inside the workflow. @throws Failure `InvalidRequest` */
export function requireVideoRequest(body: unknown): VideoRequest {
  const checked = toVideoRequest(body);
  const issues = checked.ok ? oversizeIssues(checked.value) : checked.issues;
  if (checked.ok && issues.length === 0) return checked.value;
  throw invalidRequest(issues);
}

/** The failure of a request with these issues. */
export function invalidRequest(issues: readonly ValidationIssue[]): Failure {
  return new Failure('InvalidRequest', `The request is wrong: ${issuesSentence(issues)}.`);
}

/** Measures the request as the workflow will carry it: the number 1e20 arrives as 4 characters, and becomes 21. */
export function oversizeIssues(request: VideoRequest): readonly ValidationIssue[] {
  const bytes = utf8Length(JSON.stringify(request));
  if (bytes <= MAX_REQUEST_BYTES) return [];
  const detail = `has ${bytes} bytes without its images; the limit is ${MAX_REQUEST_BYTES}`;
  return [{ pointer: '', detail }];
}

/** In bytes of UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Is checked first, because zod would check each of a million items. */
export function tooManyItems(body: unknown): readonly ValidationIssue[] {
  const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
  return kindOf(body).listFields.flatMap((field) => {
    const items = fields[field];
    if (!Array.isArray(items) || items.length <= MAX_ITEMS) return [];
    return [{ pointer: `/${field}`, detail: `${ITEMS_RULE}; given ${items.length}` }];
  });
}
