/**
 * The parts that make a word a link: a scheme or a host (also JSON-escaped), a query, a signature. Runs in linear time, because a
 * word may be as long as a request.
 */
const LINK_PART = /(?::|%3A)(?:\\?\/|%2F){2}|^\/\/|\?[^?=]*=|\bSignature=|\bX-Amz-/i;

/** An object in a bucket. It gives no access. */
const S3_URI = /^s3:\/\/[\w.-]+(?:\/[\w./-]*)?$/;

/** Follows a shortened link. */
const LEFT_OUT = ' (query and credentials left out)';

/** Replaces every word that contains a link. */
export function withLinksAs(text: string, toWords: (link: string) => string): string {
  return text.replaceAll(/\S+/g, (word) =>
    LINK_PART.test(word) && !S3_URI.test(word) ? toWords(word) : word,
  );
}

/** Replaces every link in a value by its host, at any depth. A link may be signed. */
export function withoutLinks(value: unknown): unknown {
  if (typeof value === 'string') return withLinksAs(value, toHost).replaceAll(LEFT_OUT, '');
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, inner]) => [withLinksAs(name, toHost), withoutLinks(inner)]));
}

/** A value that is one link for the URL parser, which accepts any number of slashes, and line breaks anywhere. */
const WHOLE_LINK = /^\s*[a-z][a-z0-9+.-]*:[\\/]*[^\s\\/]/i;
const SIGNATURE = /\b(?:X-Amz-|Signature=|sig=|token=)/i;

/**
 * Removes query, fragment, user name and password from every link in a value, because each may give access. The path stays: nothing
 * tells a secret path from another one.
 */
export function withoutCredentials(value: unknown): unknown {
  if (typeof value === 'string') return withoutAccess(value);
  if (Array.isArray(value)) return value.map(withoutCredentials);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, inner]) => [withoutAccess(name), withoutCredentials(inner)]));
}

function withoutAccess(text: string): string {
  const link = text.replaceAll(/[\t\n\r]/g, '');
  return WHOLE_LINK.test(link) && URL.canParse(link) ? toAddress(link) : withLinksAs(text, toAddress);
}

function toAddress(link: string): string {
  if (!URL.canParse(link)) return '(a link)';
  const [beforeQuery = ''] = /^[^?#]*/.exec(link) ?? [];
  const place = beforeQuery.replace(/^([^:]*:[\\/]*)[^\\/]*@/, '$1');
  if (SIGNATURE.test(place)) return toHost(link);
  return place === link ? link : `${place}${LEFT_OUT}`;
}

function toHost(link: string): string {
  return /^https?:/i.test(link) && URL.canParse(link) ? `(a link to ${new URL(link).host})` : '(a link)';
}
