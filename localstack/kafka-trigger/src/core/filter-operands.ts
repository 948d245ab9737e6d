/**
 * Why AWS would refuse an operator or its operand; undefined if it would not.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax and
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html (2026-11).
 */
export function explainOperandError(operator: string, operand: unknown): string | undefined {
  const isAllowed = OPERANDS.get(operator);
  if (!isAllowed) return `"${operator}" is not an operator of Lambda's filters`;
  return isAllowed(operand) ? undefined : `"${operator}" does not take ${JSON.stringify(operand)}`;
}

const OPERANDS: ReadonlyMap<string, (operand: unknown) => boolean> = new Map([
  ['equals-ignore-case', isString],
  ['prefix', (operand) => isString(operand) || hasOnly(operand, 'equals-ignore-case', isString)],
  ['suffix', (operand) => isString(operand) || hasOnly(operand, 'equals-ignore-case', isString)],
  ['exists', (operand) => typeof operand === 'boolean'],
  ['numeric', isNumericRange],
  ['anything-but', isAnythingBut],
]);

/** Values of one type, or the strings that a string must not begin with, end with or be in any case. */
function isAnythingBut(operand: unknown): boolean {
  if (isOneOrMore(operand, isString) || isOneOrMore(operand, isNumber)) return true;
  const isOneOrMoreStrings = (inner: unknown) => isOneOrMore(inner, isString);
  const isIgnoringCase = (inner: unknown) => hasOnly(inner, 'equals-ignore-case', isOneOrMoreStrings);
  return (
    isIgnoringCase(operand) ||
    ['prefix', 'suffix'].some((affix) =>
      hasOnly(operand, affix, (inner) => isOneOrMoreStrings(inner) || isIgnoringCase(inner)),
    )
  );
}

/** One comparison, or a lower bound and then an upper one. */
function isNumericRange(operand: unknown): boolean {
  if (!Array.isArray(operand)) return false;
  const [sign, bound, otherSign, otherBound, ...more] = operand as unknown[];
  if (!isNumber(bound)) return false;
  if (operand.length === 2) return ['=', '<', '<=', '>', '>='].some((each) => each === sign);
  const isUpper = otherSign === '<' || otherSign === '<=';
  return (sign === '>' || sign === '>=') && isUpper && isNumber(otherBound) && bound < otherBound && more.length === 0;
}

function isOneOrMore(operand: unknown, isOne: (value: unknown) => boolean): boolean {
  return Array.isArray(operand) ? operand.length > 0 && operand.every(isOne) : isOne(operand);
}

function hasOnly(operand: unknown, key: string, isAllowed: (inner: unknown) => boolean): boolean {
  if (typeof operand !== 'object' || operand === null) return false;
  const entries = Object.entries(operand);
  return entries.length === 1 && entries.every(([name, inner]) => name === key && isAllowed(inner));
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
