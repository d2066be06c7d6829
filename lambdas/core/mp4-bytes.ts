/** The big-endian number in these bytes; beyond 2^53 its last digits are lost. */
export function toNumber(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

/** A four-character code. */
export function toText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
