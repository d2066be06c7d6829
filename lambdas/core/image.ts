import { Failure } from './failure.ts';
import { plain } from './plain-text.ts';

/** What MiniMax takes: https://platform.minimax.io, images under 20 MB. */
export const MAX_IMAGE_BYTES = 20_000_000;

/** How many leading bytes tell the type. */
export const IMAGE_HEAD_BYTES = 12;

/** S3 allows 1024 bytes, of which a character may take four. */
const MAX_KEY_CHARACTERS = 256;

const STARTS: Readonly<Record<string, RegExp>> = {
  'image/jpeg': /^ffd8ff/,
  'image/png': /^89504e470d0a1a0a/,
  'image/webp': /^52494646.{8}57454250/,
};

/** The type of an image by its leading bytes, in hexadecimal, not by its name; `undefined` where MiniMax takes no such file. */
export function imageTypeOf(headHex: string): string | undefined {
  return Object.entries(STARTS).find(([, start]) => start.test(headHex))?.[0];
}

/**
 * The key of an image that a caller has put into our bucket, or `undefined` for an image that is somewhere else.
 * @throws Failure `InvalidRequest` for any other place in S3
 */
export function toUploadKey(value: string, bucket: string): string | undefined {
  if (!value.startsWith('s3://')) return undefined;
  const prefix = `s3://${bucket}/`;
  const key = value.slice(prefix.length);
  if (value.startsWith(prefix) && key.startsWith('uploads/') && key.length <= MAX_KEY_CHARACTERS) return key;
  throw new Failure(
    'InvalidRequest',
    `The image ${plain(value.slice('s3://'.length), 80)} is not under ${bucket}/uploads/, or its key is longer than ${MAX_KEY_CHARACTERS} characters.`,
  );
}
