import { REPLACEMENT } from '../text/plain.ts';
import type { Checked } from './validation.ts';

/** What a caller should know of its `metadata`: the U+FFFD in it may be its own, so it is carried through. */
export function metadataWarnings(metadata: unknown): readonly string[] {
  if (!(JSON.stringify(metadata) ?? '').includes(REPLACEMENT)) return [];
  return ['metadata has U+FFFD, as where a text was not UTF-8 when it arrived. It is kept as it is.'];
}

/** The text of a body: JSON is UTF-8 (RFC 8259, 8.1). A fault says which byte is wrong; the first one has the offset 0. */
export function utf8Text(bytes: Uint8Array): Checked<string> {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { ok: false, faults: [{ pointer: '', detail: `is not UTF-8: ${describeResponse(bytes)}` }] };
  }
}

function describeResponse(bytes: Uint8Array): string {
  const offset = offsetOfFault(bytes);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
  const isUtf16 = offset === 0 && (bytes[0] === 0xff || bytes[0] === 0xfe);
  const hint = isUtf16 ? ' (it begins as UTF-16 does)' : '';
  return `the byte 0x${byte} at offset ${offset} begins no character${hint}; send the JSON in UTF-8`;
}

/** The first byte that a decoder replaces, and that is not a part of a U+FFFD which was sent. */
function offsetOfFault(bytes: Uint8Array): number {
  const encoder = new TextEncoder();
  const sent = encoder.encode(REPLACEMENT);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf(REPLACEMENT); at !== -1; at = text.indexOf(REPLACEMENT, from)) {
    offset += encoder.encode(text.slice(from, at)).length;
    if (!sent.every((byte, index) => bytes[offset + index] === byte)) return offset;
    offset += sent.length;
    from = at + 1;
  }
  return offset;
}
