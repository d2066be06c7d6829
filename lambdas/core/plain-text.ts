import { withLinksAs } from './links.ts';

const STACK = /\s+at\s+\S.*(?:\.\w{1,4}|node:\w+):\d+(?::\d+)?[\s\S]*$/;

/** The expression above takes time that grows with the square of the text. */
const MAX_READ_CHARACTERS = 1_000;

/** Words from outside as they may stand on a card: one short line without any link, signature, JSON or stack. */
export function plain(text: string, maxCharacters = 200): string {
  const words = text
    .slice(0, MAX_READ_CHARACTERS)
    .replace(STACK, '')
    .replaceAll(/[{}[\]"\\]/g, '');
  const line = withLinksAs(words, () => '(link)')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return shortened(line, maxCharacters);
}

export function shortened(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`;
}
