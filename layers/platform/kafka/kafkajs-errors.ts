/**
 * Whether the same call may succeed later. kafkajs says so by `retriable`, with two exceptions: it wraps what it gave up
 * on, where the cause's flag counts; and it calls final that no broker could name the coordinator, which passes when
 * they are back.
 */
export function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('retryable' in error) return error.retryable === true; // our own errors have decided already
  if (error.name === 'KafkaJSGroupCoordinatorNotFound') return true;
  return ('retriable' in error && error.retriable === true) || isWorthRetrying(error.cause);
}

/** Whether the error, or what it was made of, is one of these of Kafka's protocol: `UNKNOWN_TOPIC_OR_PARTITION`. */
export function hasErrorType(error: unknown, ...types: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  if ('type' in error && types.includes(String(error.type))) return true;
  return hasErrorType(error.cause, ...types);
}
