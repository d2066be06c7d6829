import { UsageError } from '../../local/user-error.ts';

/** @throws UsageError */
export function toWholeNumber(
  flag: string,
  value: string,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new UsageError(`${flag} is "${value}"; allowed is a whole number from ${from} to ${to}.`);
}
