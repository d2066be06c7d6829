import { CONTROL_SEQUENCE, UNPRINTABLE } from './plain.ts';

/** A decoded text. `from` and `to` give the range in the original text for each code unit. */
export interface Reading {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Escaped characters in JSON, in programs, in URLs and in HTML. */
const ESCAPES =
  /\\u00([0-7][0-9a-f])|\\x([0-7][0-9a-f])|%([0-7][0-9a-f])|&#x0{0,6}([0-7]?[0-9a-f]);|&#0{0,6}(\d{1,3});|&(amp|lt|gt|quot|apos);/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Escapes nest, as in JSON inside JSON. */
const MAX_ROUNDS = 4;

/** What JSON adds between characters, and what `plain` removes. Removing it could join the parts of a secret. */
const REMOVED = new RegExp(`${CONTROL_SEQUENCE.source}|[{}[\\]"\\\\]|${UNPRINTABLE.source}`, 'gu');

/** The text unchanged, decoded, decoded twice and so on, each without the removed characters. */
export function readingsOf(text: string): readonly Reading[] {
  const places = Array.from({ length: text.length }, (_, index) => index);
  let reading: Reading = { text, from: places, to: places.map((place) => place + 1) };
  const readings = [reading];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = replaced(reading, ESCAPES, toCharacter);
    if (next.text === reading.text) break;
    readings.push(next);
    reading = next;
  }
  return readings.map((each) => replaced(each, REMOVED, () => ''));
}

function toCharacter([, json, program, url, hex, decimal, entity = '']: RegExpMatchArray): string {
  const code = decimal ?? Number.parseInt(json ?? program ?? url ?? hex ?? '', 16);
  return ENTITIES[entity.toLowerCase()] ?? String.fromCharCode(Number(code));
}

/** @param toText returns one code unit, or '' */
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
