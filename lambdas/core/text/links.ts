/**
 * What makes a word a link, or a part of one: a scheme or a host (also as JSON escapes them), a query, a signature. It takes
 * time in proportion to the word, which may be as long as a request.
 */
const LINK_PART = /(?::|%3A)(?:\\?\/|%2F){2}|^\/\/|\?[^?=]*=|\bSignature=|\bX-Amz-/i;

/** A place in a bucket, which opens nothing by itself. */
const S3_URI = /^s3:\/\/[\w.-]+(?:\/[\w./-]*)?$/;

/** Behind a link that has been cut. */
const LEFT_OUT = ' (query and credentials left out)';

/** A text in which every word that holds a link is replaced. */
export function withLinksAs(text: string, toWords: (link: string) => string): string {
  return text.replaceAll(/\S+/g, (word) =>
    LINK_PART.test(word) && !S3_URI.test(word) ? toWords(word) : word,
  );
}

/** The same value with every link in it, wherever it stands, cut down to the host that it leads to: a link may be signed. */
export function withoutLinks(value: unknown): unknown {
  if (typeof value === 'string') return withLinksAs(value, toHost).replaceAll(LEFT_OUT, '');
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, inner]) => [withLinksAs(name, toHost), withoutLinks(inner)]));
}

/** A value that is one link, as the URL parser takes it: with any number of slashes, and line breaks anywhere. */
const WHOLE_LINK = /^\s*[a-z][a-z0-9+.-]*:[\\/]*[^\s\\/]/i;
const SIGNATURE = /\b(?:X-Amz-|Signature=|sig=|token=)/i;

/**
 * The same value with every link in it cut before its query and its fragment, and without user name and password: each may
 * open what it leads to. A path is kept; one that is itself a secret cannot be told from another.
 */
export function withoutCredentials(value: unknown): unknown {
  if (typeof value === 'string') return withoutOpeners(value);
  if (Array.isArray(value)) return value.map(withoutCredentials);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, inner]) => [withoutOpeners(name), withoutCredentials(inner)]),
  );
}

function withoutOpeners(text: string): string {
  const link = text.replaceAll(/[\t\n\r]/g, '');
  return WHOLE_LINK.test(link) && URL.canParse(link) ? toPlace(link) : withLinksAs(text, toPlace);
}

function toPlace(link: string): string {
  if (!URL.canParse(link)) return '(a link)';
  const [beforeQuery = ''] = /^[^?#]*/.exec(link) ?? [];
  const place = beforeQuery.replace(/^([^:]*:[\\/]*)[^\\/]*@/, '$1');
  if (SIGNATURE.test(place)) return toHost(link);
  return place === link ? link : `${place}${LEFT_OUT}`;
}

function toHost(link: string): string {
  return /^https?:/i.test(link) && URL.canParse(link) ? `(a link to ${new URL(link).host})` : '(a link)';
}
