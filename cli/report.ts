import { printable } from '../lambdas/core/text/plain.ts';

/** Tells the person at this machine, a line each, what is no result. */
export function tell(...lines: readonly string[]): void {
  for (const line of lines) console.error(printable(line));
}
