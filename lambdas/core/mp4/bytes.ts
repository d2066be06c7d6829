/** The big-endian number in these bytes. Above 2^53 its last digits are lost. */
export function toNumber(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 256 + (bytes[at] ?? 0);
  return value;
}

/** The 32-bit number at the end of these bytes. */
export function lastNumber(bytes: Uint8Array): number {
  return toNumber(bytes, bytes.length - 4);
}

/** A four-character code. */
export function toText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
