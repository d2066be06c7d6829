import * as z from 'zod/mini';

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/** An http(s) origin, without a path and without credentials; a slash at its end is dropped. */
const origin = z.pipe(
  z.string().check(z.refine(isBareOrigin)),
  z.transform((text) => new URL(text).origin),
);

/** An origin with TLS, or one of this machine. */
export const host = origin.check(z.refine((text) => isSafe(new URL(text))));

/** Texts as a list, or as one text with commas. */
const parts = z.pipe(
  z.union([
    z.string(),
    z.pipe(
      z.array(z.unknown()),
      z.transform((list) => list.join()),
    ),
  ]),
  z.transform(toParts),
);

export const origins = z.pipe(parts, z.array(origin));

/** Origins as a browser sends them. A host may have no character that means something in a template of API Gateway, and no `*`. */
export const browserOrigins = z.pipe(
  parts,
  z
    .array(origin.check(z.regex(/^https?:\/\/([\w.-]+|\[[\da-f:]+\])(:\d+)?$/)))
    .check(z.refine((list) => new Set(list).size === list.length)),
);

const MAX_METADATA_KEYS = 3;

export const metadataKeys = z.pipe(
  parts,
  z.array(z.string().check(z.regex(/^[\w.-]{1,64}$/))).check(
    z.maxLength(MAX_METADATA_KEYS),
    z.refine((keys) => new Set(keys).size === keys.length),
  ),
);

/** `-c` gives text, `cdk.json` and props give booleans. */
export const flag = z.union([
  z.boolean(),
  z.pipe(
    z.enum(['true', 'false']),
    z.transform((word) => word === 'true'),
  ),
]);

/** `-c` gives text, `cdk.json` and props give numbers. */
export function wholeNumber(min: number, max: number) {
  const digits = z.pipe(z.string().check(z.regex(/^\d+$/)), z.transform(Number));
  return z.pipe(z.union([digits, z.number()]), z.int().check(z.minimum(min), z.maximum(max)));
}

export function text(pattern: RegExp) {
  return z.string().check(z.regex(pattern));
}

/** A schema with one message for everything that can be wrong: what is allowed. */
export function allowed<Value>(message: string, schema: z.ZodMiniType<Value>) {
  const isAllowed = (value: unknown): boolean => schema.safeParse(value).success;
  return z.pipe(z.unknown().check(z.refine(isAllowed, message)), schema);
}

function toParts(list: string): readonly string[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || LOOPBACK_HOSTS.includes(hostname);
}

function isBareOrigin(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(given);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && pathname === '/' && `${search}${hash}${username}${password}` === '';
}
