import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { isDataUrl, readDataUrl, statedType } from './data-url.ts';

const requestSchema = z.object({ media_inputs: z.array(z.unknown()) });
const inputSchema = z.object({ value: z.string() });

/** Replaces the inline images (`data:` URLs) of a request by their hashes. Everything else stays unchanged. */
export function withoutInlineImages<Request>(request: Request): Request {
  const { data } = requestSchema.safeParse(request);
  return data === undefined
    ? request
    : { ...request, media_inputs: data.media_inputs.map(withoutInlineImage) };
}

/** A `data:` URL that was replaced earlier. */
const NAMED = /^data:[\w.+/-]* \(inline, [\w, -]+\)$/;

function withoutInlineImage(input: unknown): unknown {
  const value = inputSchema.safeParse(input).data?.value;
  if (value === undefined || !isDataUrl(value) || NAMED.test(value)) return input;
  return { value: `data:${statedType(value)} (inline, ${describeImage(value)})` };
}

function describeImage(dataUrl: string): string {
  const content = readDataUrl(dataUrl);
  if ('why' in content) return `${dataUrl.length} characters`;
  return `${content.bytes.length} bytes, SHA-256 ${createHash('sha256').update(content.bytes).digest('hex')}`;
}
