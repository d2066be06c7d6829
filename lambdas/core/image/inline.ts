import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { isDataUrl, readDataUrl, statedType } from './data-url.ts';

/** A request with its inline images (`data:` URLs) named by their hashes; whatever else it is, it stays as it is. */
export function withoutInlineImages<Request>(request: Request): Request {
  const { media_inputs } = (request ?? {}) as { readonly media_inputs?: unknown };
  if (!Array.isArray(media_inputs)) return request;
  return { ...request, media_inputs: media_inputs.map(withoutInlineImage) };
}

/** What this has made of a `data:` URL before. */
const NAMED = /^data:[\w.+/-]* \(inline, [\w, -]+\)$/;

function withoutInlineImage(input: unknown): unknown {
  const { value } = (input ?? {}) as { readonly value?: unknown };
  if (typeof value !== 'string' || !isDataUrl(value) || NAMED.test(value)) return input;
  return { value: `data:${statedType(value)} (inline, ${describeResponse(value)})` };
}

function describeResponse(dataUrl: string): string {
  const content = readDataUrl(dataUrl);
  if ('why' in content) return `${dataUrl.length} characters`;
  return `${content.bytes.length} bytes, SHA-256 ${bytesToHex(sha256(content.bytes))}`;
}
