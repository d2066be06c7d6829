import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** A request with its inline images (`data:` URLs) named by their hashes; whatever else it is, it stays as it is. */
export function withoutInlineImages<Request>(request: Request): Request {
  const { media_inputs } = (request ?? {}) as { readonly media_inputs?: unknown };
  if (!Array.isArray(media_inputs)) return request;
  return { ...request, media_inputs: media_inputs.map(withoutInlineImage) };
}

function withoutInlineImage(input: unknown): unknown {
  const { value } = (input ?? {}) as { readonly value?: unknown };
  const inline = typeof value === 'string' ? /^data:([^;,\s]*)[;,]/i.exec(value) : null;
  return inline === null ? input : { value: `data:${inline[1]} (inline, ${described(inline.input)})` };
}

function described(dataUrl: string): string {
  const base64 = /;base64,([A-Za-z0-9+/]+)={0,2}$/i.exec(dataUrl)?.[1];
  if (base64 === undefined || base64.length % 4 === 1) return `${dataUrl.length} characters`;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return `${bytes.length} bytes, SHA-256 ${bytesToHex(sha256(bytes))}`;
}
