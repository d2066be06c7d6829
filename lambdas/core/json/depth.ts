/**
 * The limit of nested lists and objects in JSON from outside. `JSON.parse` accepts millions of levels, but recursive code
 * (`JSON.stringify`, a comparison, a schema) overflows the stack at a few thousand.
 */
export const MAX_JSON_DEPTH = 100;

/** Does this text open more than `MAX_JSON_DEPTH` levels? The text need not be JSON. Runs in linear time. */
export function isNestedTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}

/** The position of the quote that ends the string at `start`, or the end of the text where that quote is missing. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

/** Has a value at most this many levels of lists and objects inside? */
export function isShallow(value: unknown, depth = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
