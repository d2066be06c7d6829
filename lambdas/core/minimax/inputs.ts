import * as z from 'zod/mini';
import { isDataUrl } from '../image/data-url.ts';
import { escaped, REPLACEMENT } from '../text/plain.ts';

/** The parts that the request schemas of the kinds are made of. */

/** More than any task needs. A body of megabytes could hold a million items. */
export const MAX_ITEMS = 100;
export const ITEMS_RULE = `must be a list of at most ${MAX_ITEMS}`;

const ID_RULE = 'must be a string of 1 to 64 letters, digits, "-" or "_"';
const MEDIA_RULE =
  'must be an http(s) URL or an s3:// URI, without unprintable characters, or a data: URL with an image';
const UTF8_RULE = 'must not contain U+FFFD, which replaces bytes that were not UTF-8; send the JSON in UTF-8';

/** API Gateway replaces bytes that are not UTF-8 with U+FFFD. A video with such a text would be charged too. */
const isIntact = z.refine<string>((text) => !text.includes(REPLACEMENT), UTF8_RULE);

/** An id of MiniMax's. It has more digits than a JSON number keeps. */
export const minimaxId = z.string(ID_RULE).check(z.regex(/^[\w-]{1,64}$/, ID_RULE));

export const imageUrl = z
  .string(MEDIA_RULE)
  .check(
    z.refine(isMediaUrl, MEDIA_RULE),
    isIntact,
    z.describe(
      'A public URL of an image, a data: URL (RFC 2397; base64 of any alphabet and padding, with or without line breaks), or the value from POST /uploads.',
    ),
  );

export const inputText = z.string('must be a string').check(z.minLength(1, 'must not be empty'), isIntact);

function isMediaUrl(value: string): boolean {
  // Its content is checked where it is decoded.
  if (isDataUrl(value)) return true;
  if (!URL.canParse(value)) return false;
  // The key of an s3:// URI has its own rule. URL parsers drop control characters from links.
  return /^s3:\/\//i.test(value) || (/^https?:\/\//i.test(value) && escaped(value) === value);
}
