import { type Reading, readingsOf } from './decoded.ts';

/** Removes secrets from text of peers. */
export interface Redaction {
  /** Replaces each secret by `(key)`, in any supported encoding and of any length. */
  hide(text: string): string;
  /** Does a text contain a secret that is too long for a coincidence? */
  reveals(text: string): boolean;
}

/** Hides nothing. */
export const NO_REDACTION: Redaction = { hide: (text) => text, reveals: () => false };

/** A shorter secret may occur by chance in an id or a host name. */
const MIN_CERTAIN_CHARACTERS = 8;

/** More than the service shows of any text, including the growth by escaping. */
const MAX_READ_CHARACTERS = 20_000;

/** @param secrets each of printable ASCII characters */
export function createRedaction(secrets: readonly string[]): Redaction {
  const all = secrets.filter((secret) => secret !== '').map(toNeedles);
  const certain = secrets.filter(({ length }) => length >= MIN_CERTAIN_CHARACTERS).map(toNeedles);
  return {
    hide: (text) => withoutRanges(text.slice(0, MAX_READ_CHARACTERS), all),
    reveals: (text) => rangesOf(text.slice(0, MAX_READ_CHARACTERS), certain).length > 0,
  };
}

/** The spellings of one secret that are searched for. */
interface Needles {
  readonly literal: string;
  /** In lower case without the removed characters, before and after decoding: a secret may have the form of an escape. */
  readonly folded: readonly string[];
  readonly base64: readonly string[];
}

function toNeedles(secret: string): Needles {
  const isLong = secret.length >= MIN_CERTAIN_CHARACTERS;
  // After the removal, a secret of mostly punctuation is too short to search for.
  const minLength = Math.min(secret.length, MIN_CERTAIN_CHARACTERS);
  const readings = readingsOf(secret).filter(({ text }) => text.length >= minLength);
  return {
    literal: secret,
    folded: readings.map(({ text }) => folded(text)),
    base64: isLong ? [0, 1, 2].flatMap((offset) => base64At(secret, offset)) : [],
  };
}

/** The base64 characters that depend on the secret alone, at this offset in a group of three bytes. */
function base64At(secret: string, offset: number): readonly string[] {
  const whole = btoa('\0'.repeat(offset) + secret).replaceAll('=', '');
  const isLastShared = (offset + secret.length) % 3 !== 0;
  const own = whole.slice(Math.ceil((offset * 4) / 3), isLastShared ? -1 : undefined);
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

/** From the first code unit to the one after the last. */
type Range = readonly [from: number, to: number];

function withoutRanges(text: string, needles: readonly Needles[]): string {
  let result = '';
  let at = 0;
  for (const [from, to] of rangesOf(text, needles)) {
    if (from >= at) result += `${text.slice(at, from)}(key)`;
    at = Math.max(at, to);
  }
  return result + text.slice(at);
}

function rangesOf(text: string, needles: readonly Needles[]): readonly Range[] {
  const readings = readingsOf(text);
  const places = needles.flatMap((each) => [
    ...placesOf(text, each.literal),
    ...readings.flatMap((reading) => placesIn(reading, each)),
  ]);
  return places.sort(([a, toA], [b, toB]) => a - b || toB - toA);
}

function placesIn({ text, from, to }: Reading, needles: Needles): readonly Range[] {
  const found = [
    ...needles.folded.flatMap((needle) => placesOf(folded(text), needle)),
    ...needles.base64.flatMap((needle) => placesOf(text, needle)),
  ];
  return found.map(([first, end]) => [from[first] ?? 0, to[end - 1] ?? 0]);
}

function placesOf(text: string, needle: string): readonly Range[] {
  const places: Range[] = [];
  if (needle === '') return places;
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length))
    places.push([at, at + needle.length]);
  return places;
}

/** Keeps the length. `toLowerCase` would change it for some letters. */
function folded(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
