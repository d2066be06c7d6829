/** The content codings of RFC 9110, 8.4.1, that Node can undo. */
export type Coding = 'gzip' | 'deflate' | 'br';

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/** The coding that a name in `Content-Encoding` means, if it is one of these. */
export function toCoding(name: string): Coding | undefined {
  return CODINGS.get(name.trim().toLowerCase());
}

/** Does this deflate have the wrapper of zlib? Some senders leave it out: RFC 9110, 8.4.1.2. */
export function isWrapped([first = 0, second]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && second !== undefined && (first * 256 + second) % 31 === 0;
}
