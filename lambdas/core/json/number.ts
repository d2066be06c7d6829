/** A double keeps every integer of up to 15 digits. */
const SAFE_DIGITS = /^-?\d{1,15}$/;

/**
 * A JSON number after `JSON.parse` and `JSON.stringify`, where its value differs. `1e2` becomes `100`, which has an equal value.
 * @returns undefined where the value is equal
 */
export function changedNumber(source: string): string | undefined {
  if (SAFE_DIGITS.test(source)) return undefined;
  const kept = JSON.stringify(Number(source));
  return kept !== 'null' && spelling(kept) === spelling(source) ? undefined : kept;
}

/** One spelling for each value: the digits without leading and trailing zeros, and a power of ten. */
function spelling(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  const digits = whole + fraction;
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  const significant = withoutZerosAtEnd(digits.slice(zeros));
  if (significant === '') return '0';
  return `${sign}0.${significant}e${Number(exponent) + whole.length - zeros}`;
}

/** `/0+$/` needs quadratic time for many zeros. */
function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
