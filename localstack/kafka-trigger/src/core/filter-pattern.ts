/**
 * Whether data matches an event pattern: every key of a pattern must match, a list matches if any of its rules does,
 * and `$or` takes alternatives. A field that is a list matches if any of its elements does.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax (2026-11).
 */
export function matchesPattern(pattern: unknown, data: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((rule) => matchesRule(rule, data));
  if (!isObject(pattern)) return false;
  // Objects in a list are alternatives: one of them has to match as a whole.
  if (Array.isArray(data)) return data.some((element) => matchesPattern(pattern, element));
  const fields = isObject(data) ? data : {};
  return Object.entries(pattern).every(([key, rule]) =>
    key === '$or' && Array.isArray(rule)
      ? rule.some((alternative) => matchesPattern(alternative, data))
      : matchesPattern(rule, Object.hasOwn(fields, key) ? fields[key] : undefined),
  );
}

function matchesRule(rule: unknown, data: unknown): boolean {
  if (!isObject(rule)) return asList(data).some((value) => value === rule);
  const [[kind, operand] = []] = Object.entries(rule);
  if (kind === 'exists') return isLeaf(data) === operand;
  if (kind === 'anything-but') return isLeaf(data) && asList(data).some((value) => !matchesAnyOf(operand, value));
  return kind !== undefined && asList(data).some((value) => matchesValue(kind, operand, value));
}

function matchesValue(kind: string, operand: unknown, value: unknown): boolean {
  if (kind === 'numeric') return typeof value === 'number' && matchesNumeric(operand, value);
  if (typeof value !== 'string') return false;
  if (Array.isArray(operand)) return operand.some((each) => matchesValue(kind, each, value));
  if (isObject(operand)) return matchesIgnoringCase(kind, operand['equals-ignore-case'], value);
  if (typeof operand !== 'string') return false;
  if (kind === 'prefix') return value.startsWith(operand);
  if (kind === 'suffix') return value.endsWith(operand);
  return kind === 'equals-ignore-case' && value.toLowerCase() === operand.toLowerCase();
}

function matchesIgnoringCase(kind: string, operand: unknown, value: string): boolean {
  const lowered = asList(operand).map((each) => String(each).toLowerCase());
  return matchesValue(kind, lowered, value.toLowerCase());
}

/** `anything-but` takes a value, a list of values, or a rule such as `{"prefix": "x"}` or `{"prefix": ["x", "y"]}`. */
function matchesAnyOf(operand: unknown, value: unknown): boolean {
  return asList(operand).some((rule) => matchesRule(rule, value));
}

/** `["=", 5]`, or a range such as `[">", 0, "<=", 5]`. */
function matchesNumeric(operand: unknown, value: number): boolean {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0) return false;
  return operand.every((sign, i) => i % 2 === 1 || compares(value, sign, operand[i + 1]));
}

function compares(value: number, sign: unknown, bound: unknown): boolean {
  if (typeof bound !== 'number') return false;
  if (sign === '=') return value === bound;
  if (sign === '<') return value < bound;
  if (sign === '<=') return value <= bound;
  if (sign === '>') return value > bound;
  return sign === '>=' && value >= bound;
}

/** `exists` and `anything-but` speak of fields with a value of their own, not of objects. */
function isLeaf(data: unknown): boolean {
  return data !== undefined && !isObject(data);
}

function asList(data: unknown): unknown[] {
  return Array.isArray(data) ? data : [data];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
