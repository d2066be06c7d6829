import { createHash } from 'node:crypto';
import { isDataUrl, readDataUrl, statedType } from './data-url.ts';

/** Replaces the inline images (`data:` URLs) of a request by their hashes. Everything else stays unchanged. */
export function withoutInlineImages<Request>(request: Request): Request {
  const { media_inputs } = (request ?? {}) as { readonly media_inputs?: unknown };
  if (!Array.isArray(media_inputs)) return request;
  return { ...request, media_inputs: media_inputs.map(withoutInlineImage) };
}

/** A `data:` URL that was replaced earlier. */
const NAMED = /^data:[\w.+/-]* \(inline, [\w, -]+\)$/;

function withoutInlineImage(input: unknown): unknown {
  const { value } = (input ?? {}) as { readonly value?: unknown };
  if (typeof value !== 'string' || !isDataUrl(value) || NAMED.test(value)) return input;
  return { value: `data:${statedType(value)} (inline, ${describeImage(value)})` };
}

function describeImage(dataUrl: string): string {
  const content = readDataUrl(dataUrl);
  if ('why' in content) return `${dataUrl.length} characters`;
  return `${content.bytes.length} bytes, SHA-256 ${createHash('sha256').update(content.bytes).digest('hex')}`;
}
