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

/** Escapes nest, as in JSON within JSON. */
const MAX_ROUNDS = 4;

/** @param secrets each of printable ASCII characters */
export function createRedaction(secrets: readonly string[]): Redaction {
  const all = secrets.filter((secret) => secret !== '').map(toNeedles);
  const certain = secrets.filter(({ length }) => length >= LEAST_CERTAIN_CHARACTERS).map(toNeedles);
  return {
    hide: (text) => withoutRanges(text.slice(0, MAX_READ_CHARACTERS), all),
    reveals: (text) => rangesOf(text, certain).length > 0,
  };
}

/** How one secret may be written; the first two in any case. */
interface Needles {
  readonly literal: string;
  /** As it reads once everything is decoded; empty for a secret of nothing but JSON's own characters. */
  readonly decoded: string;
  readonly base64: readonly string[];
}

function toNeedles(secret: string): Needles {
  const isLong = secret.length >= LEAST_CERTAIN_CHARACTERS;
  return {
    literal: folded(secret),
    decoded: folded(decoded(secret).text),
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
  const reading = decoded(text);
  const places = needles.flatMap(({ literal, decoded: plainly, base64 }) => [
    ...placesOf(folded(text), literal),
    ...[
      ...placesOf(folded(reading.text), plainly),
      ...base64.flatMap((each) => placesOf(reading.text, each)),
    ].map(([from, to]): Range => [reading.from[from] ?? 0, reading.to[to - 1] ?? text.length]),
  ]);
  return places.sort(([a, toA], [b, toB]) => a - b || toB - toA);
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

/** A text as it reads when it is decoded; each code unit of it knows where it stood. */
interface Reading {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** A character in JSON, in a program, in a URL and in a page. */
const ESCAPES =
  /\\u00([0-7][0-9a-f])|\\x([0-7][0-9a-f])|%([0-7][0-9a-f])|&#x0{0,6}([0-7]?[0-9a-f]);|&#0{0,6}(\d{1,3});|&(amp|lt|gt|quot|apos);/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What JSON puts between and before characters, and what `plain` takes out, so that a secret could come together behind us. */
const LEFT_OUT = /[{}[\]"\\\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

function decoded(text: string): Reading {
  let reading: Reading = {
    text,
    from: Array.from({ length: text.length }, (_, index) => index),
    to: Array.from({ length: text.length }, (_, index) => index + 1),
  };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = replaced(reading, ESCAPES, toCharacter);
    if (next.text === reading.text) break;
    reading = next;
  }
  return replaced(reading, LEFT_OUT, () => '');
}

function toCharacter([, json, program, url, hex, decimal, entity = '']: RegExpMatchArray): string {
  const code = decimal ?? Number.parseInt(json ?? program ?? url ?? hex ?? '', 16);
  return ENTITIES[entity.toLowerCase()] ?? String.fromCharCode(Number(code));
}

/** @param toText gives one code unit, or none */
function replaced(
  { text, from, to }: Reading,
  pattern: RegExp,
  toText: (match: RegExpMatchArray) => string,
): Reading {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const copy = (first: number, end: number): void => {
    parts.push(text.slice(first, end));
    for (let at = first; at < end; at += 1) {
      starts.push(from[at] ?? 0);
      ends.push(to[at] ?? 0);
    }
  };
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    copy(at, match.index);
    at = match.index + match[0].length;
    const character = toText(match);
    if (character === '') continue;
    parts.push(character);
    starts.push(from[match.index] ?? 0);
    ends.push(to[at - 1] ?? 0);
  }
  copy(at, text.length);
  return { text: parts.join(''), from: starts, to: ends };
}
