import { endOfString, MAX_JSON_DEPTH } from './depth.ts';

/** A place at which a text can be cut so that only whole values stand before it, once what is open has been closed. */
interface Cut {
  readonly end: number;
  readonly closers: string;
}

/** Behind the name of a member, behind the comma before it, and one to spare. */
const CUTS_TO_TRY = 3;
/** Behind so many members of the object itself, where what follows them is no JSON. */
const MEMBERS_TO_TRY = 50;

/**
 * What has arrived of a JSON object that breaks off: its members whose values are whole. A string is whole when its closing
 * quote is there, a number when something follows it. `{}` for anything else.
 * @param parse as `JSON.parse`, `undefined` where it throws
 */
export function wholeMembers(text: string, parse: (json: string) => unknown): object {
  if (!/^\s*\{/.test(text)) return {};
  for (const { end, closers } of cutsOf(text).toReversed()) {
    const found = parse(text.slice(0, end) + closers);
    if (typeof found === 'object' && found !== null) return found;
  }
  return {};
}

/** A quote is met here only where a string ends. */
const ENDS_VALUE = /[",}\]]/;
const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** Those behind the first members of the object, and the last few. */
function cutsOf(text: string): readonly Cut[] {
  const members: Cut[] = [];
  const last: Cut[] = [];
  for (const cut of placesIn(text)) {
    if (cut.closers.length === 1 && members.length < MEMBERS_TO_TRY) members.push(cut);
    last.push(cut);
    if (last.length > CUTS_TO_TRY) last.shift();
  }
  return [...members, ...last];
}

/** Every place where a value may end, up to the end of the first object; more may come behind it. */
function* placesIn(text: string): Generator<Cut> {
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
