import { printable } from '../lambdas/core/text/plain.ts';

/** Prints lines that are not the result, to the standard error stream. */
export function printStatus(...lines: readonly string[]): void {
  for (const line of lines) console.error(printable(line));
}
