/**
 * What makes a word a link, or a part of one: a scheme or a host (also as JSON escapes them), a query, a signature. It takes
 * time in proportion to the word, which may be as long as a request.
 */
const LINK_PART = /(?::|%3A)(?:\\?\/|%2F){2}|^\/\/|\?[^?=]*=|\bSignature=|\bX-Amz-/i;

/** A place in a bucket, which opens nothing by itself. */
const S3_URI = /^s3:\/\/[\w.-]+(?:\/[\w./-]*)?$/;

/** A text in which every word that holds a link is replaced. */
export function withLinksAs(text: string, toWords: (link: string) => string): string {
  return text.replaceAll(/\S+/g, (word) =>
    LINK_PART.test(word) && !S3_URI.test(word) ? toWords(word) : word,
  );
}

/** The same value with every link in it, wherever it stands, cut down to the host that it leads to: a link may be signed. */
export function withoutLinks(value: unknown): unknown {
  if (typeof value === 'string') return withLinksAs(value, toHost);
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, inner]) => [withLinksAs(name, toHost), withoutLinks(inner)]));
}

function toHost(link: string): string {
  return /^https?:/i.test(link) && URL.canParse(link) ? `(a link to ${new URL(link).host})` : '(a link)';
}
