import { endOfString } from './depth.ts';
import { changedNumber } from './number.ts';
import { toPointer, type ValidationIssue } from './pointer.ts';

/** So many places of one text are named; a body of megabytes could hold a million. */
const MOST_PLACES = 1_000;

/**
 * What `JSON.parse` changes without a word: a number of more digits than a double keeps, and members of one object that have one
 * name, of which it keeps the last. It takes time in proportion to the text.
 * @param text JSON
 */
export function silentChanges(text: string): readonly ValidationIssue[] {
  const levels: Level[] = [];
  const faults: ValidationIssue[] = [];
  for (const token of tokensOf(text)) {
    const detail = faultOf(token, levels);
    if (detail === undefined) continue;
    faults.push({ pointer: toPointer(levels.map(({ place }) => place)), detail });
    if (faults.length === MOST_PLACES) break;
  }
  return faults;
}

/** A list or an object around a token. */
interface Level {
  /** The names of an object so far; absent for a list. */
  readonly names?: Set<string>;
  /** The present member's name or index. */
  place: string | number;
  isNameNext: boolean;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy;

/** Strings, numbers and punctuation; words and white space have nothing to say here. */
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

/** Goes on by one token. @returns what is wrong with it */
function faultOf(token: string, levels: Level[]): string | undefined {
  const level = levels.at(-1);
  const [first = ''] = token;
  if (first === '{') levels.push({ names: new Set(), place: '', isNameNext: true });
  else if (first === '[') levels.push({ place: 0, isNameNext: false });
  else if (first === '}' || first === ']') levels.pop();
  else if (first === ',') goOn(level);
  else if (first !== '"') return lossOf(token);
  else if (level?.isNameNext === true) return repetitionOf(token, level);
  return undefined;
}

function goOn(level: Level | undefined): void {
  if (level === undefined) return;
  if (typeof level.place === 'number') level.place += 1;
  else level.isNameNext = true;
}

function lossOf(number: string): string | undefined {
  const changed = changedNumber(number);
  if (changed === undefined) return undefined;
  return `is a number that would not be kept but become ${changed}; send it as a string`;
}

function repetitionOf(token: string, level: Level): string | undefined {
  const name = token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
  const isRepeated = level.names?.has(name) === true;
  level.names?.add(name);
  level.place = name;
  level.isNameNext = false;
  return isRepeated ? 'is there more than once, of which only the last would count; send it once' : undefined;
}
