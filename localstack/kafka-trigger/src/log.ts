export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes structured lines; `fields` never carry payloads, except at debug. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** A log of one JSON object a line: level, message, time (ISO), source, then the fields. Debug only if verbose. */
export function createLog(options: { isVerbose: boolean; write?: (line: string) => void }): Log {
  const write = options.write ?? ((line) => process.stdout.write(line));
  return (level, message, fields = {}) => {
    if (level === 'debug' && !options.isVerbose) return;
    write(
      `${JSON.stringify({ level, message, time: new Date().toISOString(), source: 'kafka-trigger', ...fields })}\n`,
    );
  };
}

/** What of an error belongs into a log line. */
export function describeError(error: unknown): { error: string; error_type: string } {
  return error instanceof Error
    ? { error: error.message, error_type: error.name }
    : { error: String(error), error_type: typeof error };
}
