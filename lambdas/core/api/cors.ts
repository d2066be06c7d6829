/** The headers of a request that a page of another origin may send, beside those that every page may send. */
export const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-api-key',
] as const;

/** The headers of an answer that such a page may read, beside those that every page may read. */
export const RESPONSE_HEADERS = [
  'idempotency-replayed',
  'location',
  'retry-after',
  'x-amzn-requestid',
] as const;

/**
 * The CORS headers of an answer: none without allowed origins, and nothing but `Vary` for another origin.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function corsHeaders(
  origin: string | undefined,
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  if (allowed.length === 0) return {};
  if (origin === undefined || !allowed.includes(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': RESPONSE_HEADERS.join(','),
  };
}
