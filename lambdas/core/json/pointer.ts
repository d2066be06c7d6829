import { escaped } from '../text/plain.ts';

/** A JSON Pointer (RFC 6901), with unprintable characters escaped. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escaped(String(part)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** One wrong place of a body. `pointer` is a JSON Pointer as above; `''` is the whole body. */
export interface ValidationIssue {
  readonly pointer: string;
  readonly detail: string;
}
