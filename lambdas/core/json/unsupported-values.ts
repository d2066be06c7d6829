import { quoted } from '../text/plain.ts';
import { MAX_JSON_DEPTH } from './depth.ts';
import { toPointer, type ValidationIssue } from './pointer.ts';

/** So many places of one value are named. */
const MOST_PLACES = 1_000;

/**
 * What not every reader of JSON hands on as it is: a half of a character (RFC 8259, 8.2), the name `__proto__`, and a number
 * beyond a double, as the console may have taken it. What is nested deeper than JSON of others may be is not looked at.
 */
export function unfitPlaces(value: unknown): readonly ValidationIssue[] {
  const faults: ValidationIssue[] = [];
  collect(value, [], faults);
  return faults;
}

function collect(value: unknown, path: readonly string[], faults: ValidationIssue[]): void {
  if (faults.length >= MOST_PLACES) return;
  const detail = unfit(value);
  if (detail !== undefined) faults.push({ pointer: toPointer(path), detail });
  if (typeof value !== 'object' || value === null || path.length === MAX_JSON_DEPTH) return;
  for (const [name, inner] of Object.entries(value)) {
    const wrong = name === '__proto__' ? UNSAFE_NAME : halfIn(name);
    const place = [...path, name];
    if (wrong === undefined) collect(inner, place, faults);
    else faults.push({ pointer: toPointer(place), detail: wrong });
  }
}

const UNSAFE_NAME = 'has a name that programs lose; use another';

function unfit(value: unknown): string | undefined {
  if (typeof value === 'string') return halfIn(value);
  const isBeyond = typeof value === 'number' && !Number.isFinite(value);
  return isBeyond ? 'is a number beyond the range of a double; send it as a string' : undefined;
}

/** With the flag `u`, only a surrogate without its other half is one. */
const HALF = /\p{Cs}/u;

function halfIn(text: string): string | undefined {
  const half = text.isWellFormed() ? null : HALF.exec(text);
  return half === null
    ? undefined
    : `has a lone surrogate, ${quoted(half[0])}, which is half of a character; send all of it`;
}
