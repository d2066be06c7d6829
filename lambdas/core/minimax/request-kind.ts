import * as z from 'zod/mini';
import { fieldsOf } from '../json/fields.ts';
import type { Kind, ReplaceImage } from './kind.ts';
import { KINDS } from './kinds.ts';

export type KindName = keyof typeof KINDS;

/** What MiniMax takes, of any kind. */
export type TaskRequest = z.infer<(typeof KINDS)[KindName]['requestSchema']>;

type ClaimingField = (typeof KINDS)[KindName]['field'];

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

/** The kind of a task whose adoption names no kind. */
export const DEFAULT_KIND: KindName = 'template';

/** A request for a new task has one of these fields. */
export const CLAIMING_FIELDS = KIND_NAMES.map((name): ClaimingField => KINDS[name].field);

export function kindNamed(name: KindName): Kind {
  return KINDS[name];
}

/** The kind whose field a request has, and the default one for anything that has none. */
export function kindNameOf(request: unknown): KindName {
  const fields = fieldsOf(request);
  return KIND_NAMES.find((name) => fields[KINDS[name].field] !== undefined) ?? DEFAULT_KIND;
}

export function kindOf(request: unknown): Kind {
  return kindNamed(kindNameOf(request));
}

/** The claiming fields, as fields of a video. */
export const shownSchema = Object.fromEntries(
  CLAIMING_FIELDS.map((field) => [field, z.optional(z.string())]),
) as Readonly<Record<ClaimingField, z.ZodMiniOptional<z.ZodMiniString<string>>>>;

/** The claiming field of a request, where it is a text. A video shows it. */
export function shownField(request: unknown): Readonly<Partial<Record<ClaimingField, string>>> {
  const { field } = kindOf(request);
  const value = fieldsOf(request)[field];
  return typeof value === 'string' ? { [field]: value } : {};
}

export interface RequestImage {
  readonly value: string;
  /** A JSON Pointer (RFC 6901). */
  readonly pointer: string;
}

/** The images of a request, in their order. It may be any JSON. */
export function imagesOf(request: unknown): readonly RequestImage[] {
  const images: RequestImage[] = [];
  kindOf(request).mapImages(request, (value, pointer) => {
    images.push({ value, pointer });
    return value;
  });
  return images;
}

/** The request with each image replaced. It may be any JSON. */
export function withImages<Request>(request: Request, replace: ReplaceImage): Request {
  return kindOf(request).mapImages(request, replace) as Request;
}
