import { quoted } from '../text/plain.ts';

/** The content of a `data:` URL, or what is wrong with it. */
export type DataUrlContent = { readonly bytes: Uint8Array } | { readonly why: string };

/** Does this begin like a `data:` URL? It may have white space before it, and its content may be unreadable. */
export function isDataUrl(value: string): boolean {
  return /^[\t\n\f\r ]*data:/i.test(value);
}

/** The media type in a `data:` URL, such as `image/png`. Empty where the URL has none. */
export function statedType(dataUrl: string): string {
  return /^\s*data:\s*([\w.+/-]*)/i.exec(dataUrl)?.[1] ?? '';
}

const IS_BASE64 = /;\s*base64\s*(?:;|$)/i;
const BROKEN_ESCAPE = /%(?![\da-f]{2})/i;

/**
 * Decodes a `data:` URL by RFC 2397 and the Fetch standard. Its base64 may have line breaks, the URL-safe alphabet of RFC 4648, 5,
 * and any padding. Uses time and memory in proportion to the URL.
 */
export function readDataUrl(dataUrl: string): DataUrlContent {
  const comma = dataUrl.indexOf(',');
  if (comma === -1) return { why: 'is a data: URL without a comma before its data' };
  const fragment = dataUrl.indexOf('#', comma);
  const data = dataUrl.slice(comma + 1, fragment === -1 ? undefined : fragment);
  if (data.trim() === '') return { why: 'is a data: URL without data' };
  const wrongAt = data.search(BROKEN_ESCAPE);
  if (wrongAt !== -1)
    return { why: `has a "%" without two hexadecimal digits as character ${wrongAt + 1} of its data` };
  return IS_BASE64.test(dataUrl.slice(0, comma)) ? fromBase64(data) : fromPercentEncoding(data);
}

/** URL parsers remove line breaks and tabs. */
function fromPercentEncoding(data: string): DataUrlContent {
  if (!data.includes('%'))
    return { why: 'has no ";base64" before its comma, and no percent-encoded bytes after it' };
  return { bytes: unescaped(data.replaceAll(/[\t\n\r]+/g, '')) };
}

const PERCENT = 0x25;

function unescaped(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (!text.includes('%')) return bytes;
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const isEscape = bytes[at] === PERCENT;
    bytes[length] = isEscape ? toDigit(bytes[at + 1]) * 16 + toDigit(bytes[at + 2]) : (bytes[at] ?? 0);
    if (isEscape) at += 2;
    length += 1;
  }
  return bytes.subarray(0, length);
}

/** The value of a hexadecimal digit in ASCII, of either case. */
function toDigit(character = 0): number {
  const isLetter = character > 0x39;
  return (character & 0x0f) + (isLetter ? 9 : 0);
}

const NOT_BASE64 = /[^\w+/=%\t\n\f\r -]/u;

function fromBase64(data: string): DataUrlContent {
  const wrong = NOT_BASE64.exec(data);
  if (wrong === null) return decoded(unescaped(data));
  return { why: `has ${quoted(wrong[0])} as character ${wrong.index + 1} of its base64` };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const WHITE_SPACE = 64;
const PADDING = 65;
const NOTHING = 66;

/** The value of each byte in base64: a number of six bits, or one of the above. */
const VALUES = new Uint8Array(256).fill(NOTHING);
for (const alphabet of [`${DIGITS}+/`, `${DIGITS}-_`])
  for (let value = 0; value < alphabet.length; value += 1) VALUES[alphabet.charCodeAt(value)] = value;
for (const character of '\t\n\f\r ') VALUES[character.charCodeAt(0)] = WHITE_SPACE;
VALUES['='.charCodeAt(0)] = PADDING;

/** @param base64 is overwritten with the decoded bytes, so that memory holds the image only once */
function decoded(base64: Uint8Array): DataUrlContent {
  let characters = 0;
  let length = 0;
  let bits = 0;
  let isPadded = false;
  for (let at = 0; at < base64.length; at += 1) {
    const value = VALUES[base64[at] ?? 0] ?? NOTHING;
    if (value === NOTHING) return { why: `has the byte ${base64[at]}, percent-encoded, within its base64` };
    if (value >= WHITE_SPACE) {
      isPadded ||= value === PADDING;
      continue;
    }
    if (isPadded) return { why: 'has a "=" within its base64; only its end may have one' };
    bits = ((bits << 6) | value) & 0xffff;
    // A character has six bits: the first of four starts a byte, and each of the others completes one.
    const pending = (characters * 6) % 8;
    if (pending > 0) {
      base64[length] = bits >> (pending - 2);
      length += 1;
    }
    characters += 1;
  }
  if (characters % 4 === 1)
    return { why: `is cut off: ${characters} characters of base64 are not whole bytes` };
  return { bytes: base64.subarray(0, length) };
}
