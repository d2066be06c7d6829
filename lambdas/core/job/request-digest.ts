import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** What is wrong with a request that has no canonical form. */
export const NO_DIGEST = 'has a lone surrogate, or a number beyond the range of a double';

/**
 * SHA-256, in lower-case hexadecimal, of the canonical JSON (RFC 8785) of a request: the order of its fields does not count.
 * @returns undefined for JSON that has no canonical form: it has a lone surrogate, or a number beyond the range of a double
 */
export function requestDigest(request: unknown): string | undefined {
  const text = canonicalText(request);
  return text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
}

/** `canonicalize` throws for what has no canonical form, and for nothing else that JSON can say. */
function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined;
  }
}
