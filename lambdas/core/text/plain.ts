import { withLinksAs } from './links.ts';

const STACK = /\s+at\s+\S.*(?:\.\w{1,4}|node:\w+):\d+(?::\d+)?[\s\S]*$/;

/** The expression above needs quadratic time. */
const MAX_READ_CHARACTERS = 1_000;

/** Text from outside, made fit for a job document: one short line without links, signatures, JSON or a stack. */
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
  // The cut must not split a character of two code units.
  return `${text.slice(0, maxCharacters - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const ESCAPE = String.fromCharCode(0x1b);

/** Control sequences of terminals for colours and cursor movement (ECMA-48, 5.4). */
export const CONTROL_SEQUENCE = new RegExp(`(?:${ESCAPE}\\[|\u009b)[0-?]*[ -/]*[@-~]`, 'g');
/** Characters that end a line or control a terminal. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
/** Invisible characters, bidirectional controls and lone surrogates. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** All characters of the three expressions above. */
export const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Text from outside on one line, safe for a terminal: without control, invisible or bidirectional characters. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL_SEQUENCE, '').replaceAll(CONTROLS, ' ').replaceAll(INVISIBLE, '');
}

/** Our own text of several lines that may contain text from outside, safe for a terminal. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Any value as JSON that is safe for a terminal. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(escaped).join('\n');
}

/** The text with each unprintable character escaped as in JSON, so that it is visible. */
export function escaped(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** A caller's text in quotes, for a message to that caller. */
export function quoted(text: string, maxCharacters = 100): string {
  return escaped(JSON.stringify(shortened(text, maxCharacters)));
}

/** U+FFFD, with which decoders such as API Gateway's replace bytes that are not UTF-8. */
export const REPLACEMENT = '\ufffd';
