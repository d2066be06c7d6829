import { REPLACEMENT } from '../text/plain.ts';
import type { Checked } from './validation.ts';

/** Warns of U+FFFD in `metadata`. It is no error there, because the caller may have meant it. */
export function metadataWarnings(metadata: unknown): readonly string[] {
  if (!(JSON.stringify(metadata) ?? '').includes(REPLACEMENT)) return [];
  return ['metadata contains U+FFFD, which may replace bytes that were not UTF-8. It is stored unchanged.'];
}

/** The text of a body: JSON is UTF-8 (RFC 8259, 8.1). An issue names the first wrong byte by its offset, from 0. */
export function utf8Text(bytes: Uint8Array): Checked<string> {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { ok: false, issues: [{ pointer: '', detail: `is not UTF-8: ${wrongByte(bytes)}` }] };
  }
}

function wrongByte(bytes: Uint8Array): string {
  const offset = offsetOfWrongByte(bytes);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
  const isUtf16 = offset === 0 && (bytes[0] === 0xff || bytes[0] === 0xfe);
  const hint = isUtf16 ? ' (the body begins like UTF-16)' : '';
  return `the byte 0x${byte} at offset ${offset} starts no character${hint}; send the JSON in UTF-8`;
}

/** The offset of the first byte that a decoder replaces. A U+FFFD that the caller has sent does not count. */
function offsetOfWrongByte(bytes: Uint8Array): number {
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
