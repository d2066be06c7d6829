const LINK = /\S*(?:(?::|%3A)(?:\/|%2F){2}|\?\S*=|\b(?:Signature|X-Amz-[\w-]+)=)\S*/gi;
const STACK = /\s+at\s+\S.*(?:\.\w{1,4}|node:\w+):\d+(?::\d+)?[\s\S]*$/;

/** The expressions above take time that grows with the square of the text. */
const MAX_READ_CHARACTERS = 1_000;

/** Words from outside as they may stand on a card: one short line without any link, signature, JSON or stack. */
export function plain(text: string, maxCharacters = 200): string {
  const line = text
    .slice(0, MAX_READ_CHARACTERS)
    .replace(STACK, '')
    .replaceAll(LINK, '(link)')
    .replaceAll(/[{}[\]"\\]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return shortened(line, maxCharacters);
}

export function shortened(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`;
}
