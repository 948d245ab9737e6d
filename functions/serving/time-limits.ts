/**
 * How long what is asked on the way to an answer may be silent. API Gateway waits 29 s, and functions have as long:
 * each of these ends early enough to be named as the cause.
 */

/** A statement. ClickHouse answers most in milliseconds, and one over months of the lake in seconds. */
export const CLICKHOUSE_TIMEOUT_MS = 24_000;

/** A call of Kafka is not tried again after this. */
export const KAFKA_TIMEOUT_MS = 2000;

/** Where Kafka stands; all tries together, and the brokers' names from MSK. Without it an answer goes out incomplete. */
export const POSITIONS_TIMEOUT_MS = 5000;

/** Whether a part is there. */
export const HEALTH_TIMEOUT_MS = 3000;
