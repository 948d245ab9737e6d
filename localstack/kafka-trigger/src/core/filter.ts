import { isUtf8 } from 'node:buffer';
import { explainPatternError } from './filter-check.ts';
import { matchesPattern } from './filter-pattern.ts';

/** Tells whether a record's value passes a mapping's filter. */
export type ValueFilter = (value: Buffer | null) => boolean;

/** Filters that AWS would refuse: not JSON, not on `value`, or with rules that it does not know. */
export class FilterError extends Error {}

/**
 * Compiles a mapping's `FilterCriteria.Filters[].Pattern`; a record passes if any of them matches. Kafka mappings filter
 * on `value` alone: by its text where the pattern is a list, by its JSON where it is an object. Text against an object,
 * JSON against a list, and values that are not UTF-8 never match.
 * Errors: `FilterError`. Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html (2026-11).
 */
export function compileFilters(patterns: readonly string[]): ValueFilter {
  const rules = patterns.map(readValueRule);
  return (bytes) => {
    if (bytes !== null && !isUtf8(bytes)) return false;
    const text = bytes?.toString() ?? null;
    const json = parseJson(text);
    return rules.some((rule) => {
      if (rule === undefined) return true;
      if (Array.isArray(rule)) return json === undefined && matchesPattern({ value: rule }, { value: text });
      return json !== undefined && matchesPattern({ value: rule }, { value: json });
    });
  };
}

/** Why AWS would refuse a pattern; undefined if it would not. */
export function explainFilterError(pattern: string): string | undefined {
  try {
    compileFilters([pattern]);
    return undefined;
  } catch (error) {
    if (error instanceof FilterError) return error.message;
    throw error;
  }
}

/** The rule for `value`; undefined if there is none, which every record matches. */
function readValueRule(pattern: string): unknown {
  const rules = parseJson(pattern);
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) throw new FilterError('not a JSON object');
  const foreign = Object.keys(rules).find((key) => key !== 'value');
  if (foreign !== undefined) throw new FilterError(`only "value" can be filtered, not "${foreign}"`);
  const { value } = rules as { value?: unknown };
  const error = value === undefined ? undefined : explainPatternError(value);
  if (error !== undefined) throw new FilterError(error);
  return value;
}

/** Objects and lists; a bare word, number or literal counts as plain text. */
function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
