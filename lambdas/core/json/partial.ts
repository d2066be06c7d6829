import { endOfString, MAX_JSON_DEPTH } from './depth.ts';

/** A position where a text can end after complete values, and the brackets that then close it. */
interface Cut {
  readonly end: number;
  readonly closers: string;
}

/** After the name of a member, after the comma before it, and one in reserve. */
const CUTS_TO_TRY = 3;
/** After the first members of the outermost object, where no JSON follows them. */
const MEMBERS_TO_TRY = 50;

/**
 * The members with complete values of a truncated JSON object. A string is complete with its closing quote, a number once
 * something follows it. `{}` for any other text.
 * @param parse like `JSON.parse`, but `undefined` where that throws
 */
export function wholeMembers(text: string, parse: (json: string) => unknown): object {
  if (!/^\s*\{/.test(text)) return {};
  for (const { end, closers } of cutsOf(text).toReversed()) {
    const found = parse(text.slice(0, end) + closers);
    if (typeof found === 'object' && found !== null) return found;
  }
  return {};
}

/** Only the quote at the end of a string reaches this expression. */
const ENDS_VALUE = /[",}\]]/;
const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** The cuts after the first members of the object, and the last few. */
function cutsOf(text: string): readonly Cut[] {
  const members: Cut[] = [];
  const last: Cut[] = [];
  for (const cut of cutsIn(text)) {
    if (cut.closers.length === 1 && members.length < MEMBERS_TO_TRY) members.push(cut);
    last.push(cut);
    if (last.length > CUTS_TO_TRY) last.shift();
  }
  return [...members, ...last];
}

/** Every position where a value may end, up to the end of the first object. */
function* cutsIn(text: string): Generator<Cut> {
  let closers = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = endOfString(text, at);
    const character = text[at] ?? '';
    closers = closersAfter(character, closers);
    if (closers.length > MAX_JSON_DEPTH) return;
    if (ENDS_VALUE.test(character)) yield { end: character === ',' ? at : at + 1, closers };
    if (ENDS_VALUE.test(character) && closers === '') return;
  }
}

function closersAfter(character: string, closers: string): string {
  if (character === '}' || character === ']') return closers.slice(1);
  return (CLOSERS[character] ?? '') + closers;
}
