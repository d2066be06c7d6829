/** Every number of so many digits is kept by a double. */
const SAFE_DIGITS = /^-?\d{1,15}$/;

/**
 * What `JSON.parse` and `JSON.stringify` make of a number of JSON, where that has another value: `1e2` is 100 afterwards, which
 * is the same value.
 * @returns undefined where the value is kept
 */
export function changedNumber(source: string): string | undefined {
  if (SAFE_DIGITS.test(source)) return undefined;
  const kept = JSON.stringify(Number(source));
  return kept !== 'null' && spelling(kept) === spelling(source) ? undefined : kept;
}

/** One spelling for each value: the digits without the zeros around them, and a power of ten. */
function spelling(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  const digits = whole + fraction;
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  const significant = withoutZerosAtEnd(digits.slice(zeros));
  if (significant === '') return '0';
  return `${sign}0.${significant}e${Number(exponent) + whole.length - zeros}`;
}

/** `/0+$/` takes time that grows with the square of the zeros. */
function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
