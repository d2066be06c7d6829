import { type Reading, readingsOf } from './decoded.ts';

/** Takes secrets out of what others say. */
export interface Redaction {
  /** The text with `(key)` in the place of each secret, however short that is and however it is written. */
  hide(text: string): string;
  /** Does a text hold a secret that is too long to stand there by chance? */
  reveals(text: string): boolean;
}

/** Nothing is secret. */
export const NO_REDACTION: Redaction = { hide: (text) => text, reveals: () => false };

/** Fewer characters than this stand in an id or in a host's name by chance. */
const LEAST_CERTAIN_CHARACTERS = 8;

/** More than any text of others is shown of, and than it grows by being escaped. */
const MAX_READ_CHARACTERS = 20_000;

/** @param secrets each of printable ASCII characters */
export function createRedaction(secrets: readonly string[]): Redaction {
  const all = secrets.filter((secret) => secret !== '').map(toNeedles);
  const certain = secrets.filter(({ length }) => length >= LEAST_CERTAIN_CHARACTERS).map(toNeedles);
  return {
    hide: (text) => withoutRanges(text.slice(0, MAX_READ_CHARACTERS), all),
    reveals: (text) => rangesOf(text.slice(0, MAX_READ_CHARACTERS), certain).length > 0,
  };
}

/** How one secret may be written. */
interface Needles {
  readonly literal: string;
  /** In lower case: without what is left out, before and after it is decoded, because a secret may look like an escape. */
  readonly folded: readonly string[];
  readonly base64: readonly string[];
}

function toNeedles(secret: string): Needles {
  const isLong = secret.length >= LEAST_CERTAIN_CHARACTERS;
  // Of a secret that is mostly punctuation too little is left to look for.
  const least = Math.min(secret.length, LEAST_CERTAIN_CHARACTERS);
  const readings = readingsOf(secret).filter(({ text }) => text.length >= least);
  return {
    literal: secret,
    folded: readings.map(({ text }) => folded(text)),
    base64: isLong ? [0, 1, 2].flatMap((offset) => base64At(secret, offset)) : [],
  };
}

/** The characters of base64 that depend on nothing but the secret, where so many bytes of a group of three stand before it. */
function base64At(secret: string, offset: number): readonly string[] {
  const whole = btoa('\0'.repeat(offset) + secret).replaceAll('=', '');
  const isLastShared = (offset + secret.length) % 3 !== 0;
  const own = whole.slice(Math.ceil((offset * 4) / 3), isLastShared ? -1 : undefined);
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

/** From the first code unit to behind the last one. */
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

/** Without changing its length, as `toLowerCase` does for some letters. */
function folded(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
