/** Operators that a filter rule may have. */
const OPERATORS = new Set(['equals-ignore-case', 'anything-but', 'numeric', 'exists', 'prefix', 'suffix']);

/**
 * Why AWS would refuse a pattern's rules; undefined if it would not. Every field is an object or a list of rules, `$or` a
 * list of patterns, and a rule a plain value or an object of one operator.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax (2026-11).
 */
export function explainPatternError(pattern: unknown, field = 'value'): string | undefined {
  if (Array.isArray(pattern)) return explainRules(pattern, field);
  if (!isObject(pattern)) return `"${field}" is neither an object nor a list of rules`;
  for (const [key, inner] of Object.entries(pattern)) {
    const error = key === '$or' ? explainAlternatives(inner) : explainPatternError(inner, key);
    if (error !== undefined) return error;
  }
  return undefined;
}

function explainAlternatives(alternatives: unknown): string | undefined {
  if (!Array.isArray(alternatives) || alternatives.length === 0) return '"$or" is not a list of patterns';
  for (const alternative of alternatives) {
    const error = explainPatternError(alternative, '$or');
    if (error !== undefined) return error;
  }
  return undefined;
}

function explainRules(rules: readonly unknown[], field: string): string | undefined {
  if (rules.length === 0) return `"${field}" has no rules`;
  for (const rule of rules) {
    if (Array.isArray(rule)) return `"${field}" has a list within its list of rules`;
    const operators = isObject(rule) ? Object.keys(rule) : undefined;
    if (operators === undefined) continue;
    const [operator = ''] = operators;
    if (operators.length !== 1) return `a rule of "${field}" does not have one operator`;
    if (!OPERATORS.has(operator)) return `"${operator}" is not an operator of Lambda's filters`;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
