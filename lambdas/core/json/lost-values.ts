import { endOfString } from './depth.ts';
import { changedNumber } from './number.ts';
import { toPointer, type ValidationIssue } from './pointer.ts';

/** The limit of reported places in one text. A body of megabytes could hold a million. */
const MAX_PLACES = 1_000;

/**
 * What `JSON.parse` changes without an error: numbers with more digits than a double keeps, and repeated names in one object, of
 * which it keeps the last. Runs in linear time.
 * @param text JSON
 */
export function lostValues(text: string): readonly ValidationIssue[] {
  const levels: Level[] = [];
  const issues: ValidationIssue[] = [];
  for (const token of tokensOf(text)) {
    const detail = advance(token, levels);
    if (detail === undefined) continue;
    issues.push({ pointer: toPointer(levels.map(({ place }) => place)), detail });
    if (issues.length === MAX_PLACES) break;
  }
  return issues;
}

/** A list or an object around a token. */
interface Level {
  /** The names of an object so far. A list has none. */
  readonly names?: Set<string>;
  /** The name or index of the current member. */
  place: string | number;
  isNameNext: boolean;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy;

/** Strings, numbers and punctuation. Literals and white space never matter here. */
function* tokensOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    let end = at + 1;
    if (character === '"') end = endOfString(text, at) + 1;
    else if (isNumber(character)) end = endOfNumber(text, at);
    else if (!'{}[],'.includes(character)) continue;
    yield text.slice(at, end);
    at = end - 1;
  }
}

function isNumber(first: string): boolean {
  return first === '-' || (first >= '0' && first <= '9');
}

function endOfNumber(text: string, start: number): number {
  NUMBER.lastIndex = start;
  return start + (NUMBER.exec(text)?.[0].length ?? 1);
}

/** Moves on by one token. @returns what is wrong with it */
function advance(token: string, levels: Level[]): string | undefined {
  const level = levels.at(-1);
  const [first = ''] = token;
  if (first === '{') levels.push({ names: new Set(), place: '', isNameNext: true });
  else if (first === '[') levels.push({ place: 0, isNameNext: false });
  else if (first === '}' || first === ']') levels.pop();
  else if (first === ',') startMember(level);
  else if (first !== '"') return lossOf(token);
  else if (level?.isNameNext === true) return repetitionOf(token, level);
  return undefined;
}

function startMember(level: Level | undefined): void {
  if (level === undefined) return;
  if (typeof level.place === 'number') level.place += 1;
  else level.isNameNext = true;
}

function lossOf(number: string): string | undefined {
  const changed = changedNumber(number);
  if (changed === undefined) return undefined;
  return `is a number that JSON parsers change to ${changed}; send it as a string`;
}

function repetitionOf(token: string, level: Level): string | undefined {
  const name = token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
  const isRepeated = level.names?.has(name) === true;
  level.names?.add(name);
  level.place = name;
  level.isNameNext = false;
  return isRepeated ? 'occurs more than once in its object; send it once' : undefined;
}
