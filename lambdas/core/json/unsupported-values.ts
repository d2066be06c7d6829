import { quoted } from '../text/plain.ts';
import { MAX_JSON_DEPTH } from './depth.ts';
import { toPointer, type ValidationIssue } from './pointer.ts';

/** The limit of reported places in one value. */
const MAX_PLACES = 1_000;

/**
 * Values that some JSON readers change: lone surrogates (RFC 8259, 8.2), the name `__proto__`, and numbers beyond a double, which
 * the console accepts. Values below `MAX_JSON_DEPTH` levels are not checked.
 */
export function unsupportedValues(value: unknown): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  collect(value, [], issues);
  return issues;
}

function collect(value: unknown, path: readonly string[], issues: ValidationIssue[]): void {
  if (issues.length >= MAX_PLACES) return;
  const detail = problemOf(value);
  if (detail !== undefined) issues.push({ pointer: toPointer(path), detail });
  if (typeof value !== 'object' || value === null || path.length === MAX_JSON_DEPTH) return;
  for (const [name, inner] of Object.entries(value)) {
    const wrong = name === '__proto__' ? UNSAFE_NAME : halfIn(name);
    const place = [...path, name];
    if (wrong === undefined) collect(inner, place, issues);
    else issues.push({ pointer: toPointer(place), detail: wrong });
  }
}

const UNSAFE_NAME = 'has the name __proto__, which some programs drop; use another name';

function problemOf(value: unknown): string | undefined {
  if (typeof value === 'string') return halfIn(value);
  const isBeyond = typeof value === 'number' && !Number.isFinite(value);
  return isBeyond ? 'is a number beyond the range of a double; send it as a string' : undefined;
}

/** With the flag `u`, this matches a surrogate only where its other half is missing. */
const HALF = /\p{Cs}/u;

function halfIn(text: string): string | undefined {
  const half = text.isWellFormed() ? null : HALF.exec(text);
  return half === null
    ? undefined
    : `has a lone surrogate, ${quoted(half[0])}, which is half of a character; send the whole character`;
}
