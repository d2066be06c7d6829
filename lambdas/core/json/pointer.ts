import { escaped } from '../text/plain.ts';

/** A JSON Pointer (RFC 6901), with unprintable characters escaped. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escaped(String(part)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
