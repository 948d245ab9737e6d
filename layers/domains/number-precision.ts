/** Doubles keep every decimal of 15 significant digits, and no more (IEEE 754 binary64, DBL_DIG). */
const MAX_SIGNIFICANT_DIGITS = 15;

/** Sixteen characters or an exponent, where JSON has numbers: digits within names and UUIDs cost no second look. */
const MAYBE_IMPRECISE = /(?:^|[\s:,[])-?(?:[\d.]{16}|[\d.]+[eE])/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?(\d+)(?:\.(\d+))?(?:[eE][+-]?\d+)?/g;

/**
 * Finds a number literal that JSON.parse would round in silence.
 *
 * @param json text that JSON.parse accepts
 * @returns the literal, or undefined if every number is kept exactly
 */
export function findImpreciseNumber(json: string): string | undefined {
  if (!MAYBE_IMPRECISE.test(json)) return undefined;
  for (const match of json.matchAll(STRING_OR_NUMBER)) {
    const [literal, whole, fraction = ''] = match;
    if (whole === undefined) continue;
    const significantDigits = countSignificantDigits(whole + fraction);
    const isUnderflow = significantDigits > 0 && Number(literal) === 0;
    if (significantDigits > MAX_SIGNIFICANT_DIGITS || isUnderflow) return literal;
  }
  return undefined;
}

/** Without zeros at either end. A loop, because a regular expression takes quadratic time on a long run of zeros. */
function countSignificantDigits(digits: string): number {
  let from = 0;
  let to = digits.length;
  while (from < to && digits[from] === '0') from += 1;
  while (from < to && digits[to - 1] === '0') to -= 1;
  return to - from;
}
