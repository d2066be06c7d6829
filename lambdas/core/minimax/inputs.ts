import * as z from 'zod/mini';
import { isDataUrl } from '../image/data-url.ts';
import { escaped, REPLACEMENT } from '../text/plain.ts';

/** The parts that the request schemas of the kinds are made of. */

/** More than any template takes; a body of megabytes could hold a million. */
export const MAX_ITEMS = 100;
export const ITEMS_RULE = `must be a list of at most ${MAX_ITEMS}`;

const ID_RULE = 'must be a string of 1 to 64 letters, digits, "-" or "_"';
const MEDIA_RULE =
  'must be an http(s) URL or an s3:// URI, without unprintable characters, or a data: URL with an image';
const UTF8_RULE =
  'must not have U+FFFD, which stands where a text was not UTF-8 when it arrived; send the JSON in UTF-8';

/** API Gateway replaces bytes that are not UTF-8 with U+FFFD. MiniMax would be paid for such a text. */
const isUndamaged = z.refine<string>((text) => !text.includes(REPLACEMENT), UTF8_RULE);

/** An id of MiniMax's. It has more digits than a JSON number keeps. */
export const minimaxId = z.string(ID_RULE).check(z.regex(/^[\w-]{1,64}$/, ID_RULE));

export const imageUrl = z
  .string(MEDIA_RULE)
  .check(
    z.refine(isMediaUrl, MEDIA_RULE),
    isUndamaged,
    z.describe(
      'A public URL of an image, a data: URL with one (RFC 2397; base64 of any alphabet and padding, in lines or not), or the value that POST /uploads has answered.',
    ),
  );

export const inputText = z.string('must be a string').check(z.minLength(1, 'must not be empty'), isUndamaged);

function isMediaUrl(value: string): boolean {
  // Where the image is read, it is checked whether that is possible, and whether it is one.
  if (isDataUrl(value)) return true;
  if (!URL.canParse(value)) return false;
  // What a key may be made of is a rule of its own. Of a link, a parser leaves control characters out.
  return /^s3:\/\//i.test(value) || (/^https?:\/\//i.test(value) && escaped(value) === value);
}
