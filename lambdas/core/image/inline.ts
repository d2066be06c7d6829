import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { isDataUrl, readDataUrl, statedType } from './data-url.ts';

/** What this has made of a `data:` URL before. */
const NAMED = /^data:[\w.+/-]* \(inline, [\w, -]+\)$/;

/** An inline image (a `data:` URL) named by its hash. Any other value stays as it is. */
export function withoutInlineImage(value: string): string {
  if (!isDataUrl(value) || NAMED.test(value)) return value;
  return `data:${statedType(value)} (inline, ${describeResponse(value)})`;
}

function describeResponse(dataUrl: string): string {
  const content = readDataUrl(dataUrl);
  if ('why' in content) return `${dataUrl.length} characters`;
  return `${content.bytes.length} bytes, SHA-256 ${bytesToHex(sha256(content.bytes))}`;
}
