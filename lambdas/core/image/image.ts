import probe from 'probe-image-size/sync.js';
import { IMAGE_LIMIT_BYTES, IMAGE_TYPES, type ImageType } from './limits.ts';

/** MiniMax's rules: the short side has more pixels than this, and the long side is at most so many times as long. */
const SHORT_SIDE_PIXELS = 300;
const LONGEST_SHAPE = 5 / 2;

/** How many leading bytes tell the type. */
const TYPE_BYTES = 12;

/** S3 allows 1024 bytes, of which a character may take four. */
const MAX_KEY_CHARACTERS = 256;

const STARTS: Readonly<Record<ImageType, RegExp>> = {
  'image/jpeg': /^ffd8ff/,
  'image/png': /^89504e470d0a1a0a/,
  'image/webp': /^52494646.{8}57454250/,
};

const PARSERS = { 'image/jpeg': 'jpeg', 'image/png': 'png', 'image/webp': 'webp' } as const;

/** What can be said of an image: `unclear` where more of it would have to be read. */
export type Inspection =
  | { readonly verdict: 'fits'; readonly type: ImageType }
  | { readonly verdict: 'wrong'; readonly why: string }
  | { readonly verdict: 'unclear'; readonly type: ImageType };

/**
 * Holds an image against MiniMax's rules: its type by the leading bytes, its size, its short side and its shape.
 * @param head the first dozen bytes at least, or all of them
 * @param totalBytes how many there are, where that is known
 */
export function inspectImage(head: Uint8Array, totalBytes: number | undefined): Inspection {
  if (totalBytes !== undefined && totalBytes >= IMAGE_LIMIT_BYTES)
    return wrong(`has ${totalBytes} bytes; MiniMax takes images of under ${IMAGE_LIMIT_BYTES}`);
  const type = typeOf(head);
  if (type === undefined) return wrong('is not a JPEG, PNG or WebP image');
  const size = sizeOf(head, type);
  if (size !== undefined) return shapeRule(size) ?? { verdict: 'fits', type };
  return head.length === totalBytes
    ? wrong('is broken: its width and height cannot be read')
    : { verdict: 'unclear', type };
}

/** The same of an image that is all there: its type, or what is wrong with it. */
export function inspectWhole(image: Uint8Array): { readonly type: ImageType } | { readonly why: string } {
  const inspected = inspectImage(image, image.length);
  if (inspected.verdict === 'wrong') return { why: inspected.why };
  return { type: inspected.type };
}

/** Is this image said to be in S3? */
export function isInS3(value: string): boolean {
  return /^s3:/i.test(value);
}

export const UPLOAD_RULE = `must be under uploads/ in the bucket of this service, with a key of at most ${MAX_KEY_CHARACTERS} letters, digits, spaces and !_.*'()/+=@:,&$;- of which no part between slashes is empty, "." or ".."`;

const UPLOAD_KEY = /^uploads(?:\/(?!\.{1,2}(?:\/|$))[\p{L}\p{M}\p{N} !_.*'()+=@:,&$;-]+)+$/u;
/** Letters and marks that are not seen. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;

/** The key of an image that a caller has put into our bucket; `undefined` for any other place. */
export function toUploadKey(value: string, bucket: string): string | undefined {
  const prefix = `s3://${bucket}/`;
  const key = value.slice(prefix.length);
  const isOurs = value.startsWith(prefix) && key.length <= MAX_KEY_CHARACTERS;
  return isOurs && UPLOAD_KEY.test(key) && !UNSEEN.test(key) ? key : undefined;
}

function typeOf(head: Uint8Array): ImageType | undefined {
  const hex = [...head.subarray(0, TYPE_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return IMAGE_TYPES.find((type) => STARTS[type].test(hex));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeOf(head: Uint8Array, type: ImageType): Size | undefined {
  const size = probe.parsers[PARSERS[type]](head);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function shapeRule({ width, height }: Size): Inspection | undefined {
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  if (short <= SHORT_SIDE_PIXELS)
    return wrong(`has ${width} x ${height} pixels; its short side must have more than ${SHORT_SIDE_PIXELS}`);
  return long / short > LONGEST_SHAPE
    ? wrong(`has ${width} x ${height} pixels; its shape must be from 2:5 to 5:2`)
    : undefined;
}

function wrong(why: string): Inspection {
  return { verdict: 'wrong', why };
}
