import { createHash } from 'node:crypto';
import { isDataUrl, readDataUrl, statedType } from './data-url.ts';

/** A `data:` URL that was replaced earlier. */
const NAMED = /^data:[\w.+/-]* \(inline, [\w, -]+\)$/;

/** Replaces an inline image (a `data:` URL) by its hash. Any other value stays unchanged. */
export function withoutInlineImage(value: string): string {
  if (!isDataUrl(value) || NAMED.test(value)) return value;
  return `data:${statedType(value)} (inline, ${describeImage(value)})`;
}

function describeImage(dataUrl: string): string {
  const content = readDataUrl(dataUrl);
  if ('why' in content) return `${dataUrl.length} characters`;
  return `${content.bytes.length} bytes, SHA-256 ${createHash('sha256').update(content.bytes).digest('hex')}`;
}
