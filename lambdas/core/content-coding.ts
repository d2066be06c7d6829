/** The content codings of RFC 9110, 8.4.1, that Node can decode. */
export type Coding = 'gzip' | 'deflate' | 'br';

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/** The coding with this name in `Content-Encoding`. @returns undefined for any other name */
export function toCoding(name: string): Coding | undefined {
  return CODINGS.get(name.trim().toLowerCase());
}

/** Does this deflate stream have the zlib wrapper? Some senders omit it: RFC 9110, 8.4.1.2. */
export function isWrapped([first = 0, second]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && second !== undefined && (first * 256 + second) % 31 === 0;
}
