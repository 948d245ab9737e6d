import { isUtf8 } from 'node:buffer';
import { explainAlternatives, explainPatternError } from './filter-check.ts';
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
  const compiled = patterns.map(readPattern);
  return (bytes) => {
    if (bytes !== null && !isUtf8(bytes)) return false;
    const text = bytes?.toString() ?? null;
    const json = parseJson(text);
    return compiled.some((pattern) => matchesRecord(pattern, text, json));
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

/** What a record has to match: the rules for its `value`, and alternatives. */
interface RecordPattern {
  value?: unknown;
  $or?: RecordPattern[];
}

function matchesRecord({ value, $or }: RecordPattern, text: string | null, json: unknown): boolean {
  if ($or && !$or.some((alternative) => matchesRecord(alternative, text, json))) return false;
  if (value === undefined) return true;
  if (Array.isArray(value)) return json === undefined && matchesPattern(value, text);
  return json !== undefined && matchesPattern(value, json);
}

function readPattern(pattern: string): RecordPattern {
  const parsed = parseJson(pattern);
  const error = explainRecordPatternError(parsed);
  if (error !== undefined) throw new FilterError(error);
  return parsed as RecordPattern;
}

function explainRecordPatternError(pattern: unknown): string | undefined {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) return 'not a JSON object';
  const { value, $or, ...foreign } = pattern as Record<string, unknown>;
  const [field] = Object.keys(foreign);
  if (field !== undefined) return `only "value" can be filtered, not "${field}"`;
  const error = value === undefined ? undefined : explainPatternError(value);
  return error ?? ($or === undefined ? undefined : explainAlternatives($or, explainRecordPatternError));
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
