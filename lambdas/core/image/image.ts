import { Parser as JpegParser } from 'probe-image-size/lib/formats/jpeg.js';
import { Parser as PngParser } from 'probe-image-size/lib/formats/png.js';
import { Parser as WebpParser } from 'probe-image-size/lib/formats/webp.js';
import { IMAGE_LIMIT_BYTES, IMAGE_TYPES, type ImageType } from './limits.ts';

/** MiniMax's rules: the short side must have more pixels than this, and the shape must be from 2:5 to 5:2. */
const SHORT_SIDE_PIXELS = 300;
const MAX_ASPECT_RATIO = 5 / 2;

/** How many leading bytes identify the type. */
const TYPE_BYTES = 12;

/** S3 allows keys of 1024 bytes, and a character has up to four bytes. */
const MAX_KEY_CHARACTERS = 256;

const STARTS: Readonly<Record<ImageType, RegExp>> = {
  'image/jpeg': /^ffd8ff/,
  'image/png': /^89504e470d0a1a0a/,
  'image/webp': /^52494646.{8}57454250/,
};

/** Each by itself: the entry of the package brings seven other formats into every bundle. */
const PARSERS = { 'image/jpeg': JpegParser, 'image/png': PngParser, 'image/webp': WebpParser } as const;

/** The result of a check. `unclear` means that more bytes of the image are needed. */
export type Inspection =
  | { readonly outcome: 'fits'; readonly type: ImageType }
  | { readonly outcome: 'wrong'; readonly why: string }
  | { readonly outcome: 'unclear'; readonly type: ImageType };

/**
 * Checks an image against MiniMax's rules for type, size, short side and shape. The leading bytes decide the type.
 * @param head at least the first twelve bytes, or all of them
 * @param totalBytes the length of the whole image, where it is known
 */
export function inspectImage(head: Uint8Array, totalBytes: number | undefined): Inspection {
  if (totalBytes !== undefined && totalBytes >= IMAGE_LIMIT_BYTES)
    return wrong(`has ${totalBytes} bytes; MiniMax accepts images under ${IMAGE_LIMIT_BYTES}`);
  const type = typeOf(head);
  if (type === undefined) return wrong('is not a JPEG, PNG or WebP image');
  const size = pixelSizeOf(head, type);
  if (size !== undefined) return shapeRule(size) ?? { outcome: 'fits', type };
  return head.length === totalBytes
    ? wrong('is broken: its width and height cannot be read')
    : { outcome: 'unclear', type };
}

/** Checks a complete image. @returns its type, or what is wrong with it */
export function inspectWhole(image: Uint8Array): { readonly type: ImageType } | { readonly why: string } {
  const inspected = inspectImage(image, image.length);
  if (inspected.outcome === 'wrong') return { why: inspected.why };
  return { type: inspected.type };
}

/** Does this media input name an object in S3? */
export function isInS3(value: string): boolean {
  return /^s3:/i.test(value);
}

export const UPLOAD_RULE = `must be under uploads/ in the bucket of this service, with a key of at most ${MAX_KEY_CHARACTERS} letters, digits, spaces and !_.*'()/+=@:,&$;-; no part between slashes may be empty, "." or ".."`;

const UPLOAD_KEY = /^uploads(?:\/(?!\.{1,2}(?:\/|$))[\p{L}\p{M}\p{N} !_.*'()+=@:,&$;-]+)+$/u;
/** Letters and marks that are invisible. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;

/** The key of an image that a caller has uploaded into our bucket. @returns undefined for any other value */
export function toUploadKey(value: string, bucket: string): string | undefined {
  const prefix = `s3://${bucket}/`;
  const key = value.slice(prefix.length);
  const isOurs = value.startsWith(prefix) && key.length <= MAX_KEY_CHARACTERS;
  return isOurs && UPLOAD_KEY.test(key) && !UNSEEN.test(key) ? key : undefined;
}

/** Does not say whether there is an object of this key, because it may be another owner's. */
export const OWN_UPLOAD_RULE = 'must be an upload of yours: a value that POST /uploads has returned to you';

/** The uploads that a request may use: all in this bucket, or those under one owner's prefix. */
export interface UsableUploads {
  readonly bucket: string;
  /** It ends in a slash. */
  readonly prefix: string;
}

/** What is wrong with a media input that names an object in S3. @returns undefined where it may be used, and for any other value */
export function uploadViolation(value: string, { bucket, prefix }: UsableUploads): string | undefined {
  if (!isInS3(value)) return undefined;
  const key = toUploadKey(value, bucket);
  if (key === undefined) return UPLOAD_RULE;
  return key.startsWith(prefix) ? undefined : OWN_UPLOAD_RULE;
}

function typeOf(head: Uint8Array): ImageType | undefined {
  const hex = [...head.subarray(0, TYPE_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return IMAGE_TYPES.find((type) => STARTS[type].test(hex));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `probe-image-size` says where the head is too short. `image-size` reads zeros behind its end, and does not know fill bytes of a JPEG. */
function pixelSizeOf(head: Uint8Array, type: ImageType): Size | undefined {
  const parser = new PARSERS[type]();
  parser.push(head);
  const size = parser.getResult();
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function shapeRule({ width, height }: Size): Inspection | undefined {
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  if (short <= SHORT_SIDE_PIXELS)
    return wrong(`has ${width} x ${height} pixels; its short side must have more than ${SHORT_SIDE_PIXELS}`);
  return long / short > MAX_ASPECT_RATIO
    ? wrong(`has ${width} x ${height} pixels; its shape must be from 2:5 to 5:2`)
    : undefined;
}

function wrong(why: string): Inspection {
  return { outcome: 'wrong', why };
}
