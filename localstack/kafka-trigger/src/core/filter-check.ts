import { explainOperandError } from './filter-operands.ts';

/**
 * Why AWS would refuse a pattern's rules; undefined if it would not. Every field is an object or a list of rules, `$or` a
 * list of patterns, and a rule a plain value or an object of one operator with its operand.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax (2026-11).
 */
export function explainPatternError(pattern: unknown, field = 'value'): string | undefined {
  if (Array.isArray(pattern)) return explainRules(pattern, field);
  if (!isObject(pattern)) return `"${field}" is neither an object nor a list of rules`;
  for (const [key, inner] of Object.entries(pattern)) {
    const error =
      key === '$or'
        ? explainAlternatives(inner, (each) => explainPatternError(each, '$or'))
        : explainPatternError(inner, key);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** One alternative would be a field called `$or`. Source: https://github.com/aws/event-ruler#the-or-primitive (2026-11). */
export function explainAlternatives(
  alternatives: unknown,
  explainError: (alternative: unknown) => string | undefined,
): string | undefined {
  if (!Array.isArray(alternatives) || alternatives.length < 2) return '"$or" is not a list of two patterns or more';
  for (const alternative of alternatives) {
    if (!isObject(alternative) || Object.keys(alternative).length === 0) return '"$or" has an empty alternative';
    const error = explainError(alternative);
    if (error !== undefined) return error;
  }
  return undefined;
}

function explainRules(rules: readonly unknown[], field: string): string | undefined {
  if (rules.length === 0) return `"${field}" has no rules`;
  for (const rule of rules) {
    if (Array.isArray(rule)) return `"${field}" has a list within its list of rules`;
    if (!isObject(rule)) continue;
    const [[operator = '', operand] = [], ...more] = Object.entries(rule);
    if (operator === '' || more.length > 0) return `a rule of "${field}" does not have one operator`;
    const error = explainOperandError(operator, operand);
    if (error !== undefined) return error;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
