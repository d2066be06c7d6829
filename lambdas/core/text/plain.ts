import { withLinksAs } from './links.ts';

const STACK = /\s+at\s+\S.*(?:\.\w{1,4}|node:\w+):\d+(?::\d+)?[\s\S]*$/;

/** The expression above takes time that grows with the square of the text. */
const MAX_READ_CHARACTERS = 1_000;

/** Words from outside as they may stand in a job document: one short line without any link, signature, JSON or stack. */
export function plain(text: string, maxCharacters = 200): string {
  const words = printable(text.slice(0, MAX_READ_CHARACTERS).replace(STACK, '')).replaceAll(
    /[{}[\]"\\]/g,
    '',
  );
  const line = withLinksAs(words, () => '(link)')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return shortened(line, maxCharacters);
}

export function shortened(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  // A character of two code units is not cut in half.
  return `${text.slice(0, maxCharacters - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const ESCAPE = String.fromCharCode(0x1b);

/** What colours and moves the cursor of a terminal (ECMA-48, 5.4). */
export const CONTROL_SEQUENCE = new RegExp(`(?:${ESCAPE}\\[|\u009b)[0-?]*[ -/]*[@-~]`, 'g');
/** Characters that break or end a line, or make a terminal do something. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
/** Characters that nobody sees, or that turn the direction of what is seen; and halves of characters. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** All of these. */
export const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** A text of others on one line, as a terminal may be given it: without any control, invisible or bidirectional character. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL_SEQUENCE, '').replaceAll(CONTROLS, ' ').replaceAll(INVISIBLE, '');
}

/** The same of a text of ours in several lines that may hold words of others. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Any JSON as a terminal may be given it, of the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(escaped).join('\n');
}

/** The same text with each such character written as JSON escapes it, so that a person sees that it is there. */
export function escaped(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** A caller's own text between quotes, as it may be shown to the caller. */
export function quoted(text: string, maxCharacters = 100): string {
  return escaped(JSON.stringify(shortened(text, maxCharacters)));
}

/** What stands where bytes were no UTF-8: a decoder that does not refuse them puts it there, as API Gateway's does. */
export const REPLACEMENT = '\ufffd';
