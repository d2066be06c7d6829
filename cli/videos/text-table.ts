import { printable } from '../../lambdas/core/text/plain.ts';

/** Rows in columns, each as wide as its widest cell. Texts from outside become safe for a terminal. */
export function toColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells)
    for (const [column, { length }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, length);
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** As in `2026-11-27 08:00`, in UTC. */
export function shownTime(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

export function shownDollars(usd: number | null): string {
  return usd === null ? '?' : `$${usd.toFixed(2)}`;
}
