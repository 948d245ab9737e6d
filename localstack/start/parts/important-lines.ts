const PROBLEM_LEVELS = new Set(['warn', 'error', 'fatal', 'critical']);

/** The line itself when it matches. */
export function pickMatching(pattern: RegExp): (line: string) => string | undefined {
  return (line) => (pattern.test(line) ? line.trim() : undefined);
}

/**
 * The problem that a structured log line tells (one JSON object, as Powertools and the trigger write them), in words.
 * The client libraries' own warnings are left to the log: whoever uses the client tells what came of it.
 */
export function pickProblem(line: string): string | undefined {
  const record = parseRecord(line);
  if (record === undefined || !PROBLEM_LEVELS.has(String(record.level).toLowerCase())) return undefined;
  if (record.logger === 'kafkajs' && record.level === 'warn') return undefined;
  const { attempt, retry_in_ms: retryInMs } = record;
  return [
    record.function ?? record.service,
    record.message,
    attempt !== undefined && `attempt ${attempt}`,
    describeError(record.error),
    typeof retryInMs === 'number' && `again in ${(retryInMs / 1000).toFixed(1)} s`,
  ]
    .filter((word) => typeof word === 'string' && word !== '')
    .join(' · ');
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined; // an object that some other code printed
  }
}

function describeError(error: unknown): string | undefined {
  const text = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return typeof text === 'string' ? text.trim() : undefined;
}
