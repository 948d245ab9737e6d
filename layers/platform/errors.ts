/**
 * A broken dependency or a broken rule. It leaves the handler, the batch comes again, the partition waits.
 * Bad data is never an exception: it is an outcome (see `@tidemark/domains/judge`).
 *
 * `retryable` is the one field that retry logic reads; never branch on the message.
 */
export class TidemarkError extends Error {
  readonly retryable: boolean;
  /** What is broken, for people: `ClickHouse`. */
  readonly part: string | undefined;

  constructor(message: string, options: { retryable: boolean; cause?: unknown; part?: string }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.retryable = options.retryable;
    this.part = options.part;
  }
}

/** The configuration is missing or contradicts itself: nothing will get better by trying again. */
export class ConfigError extends TidemarkError {
  constructor(message: string, cause?: unknown) {
    super(message, { retryable: false, cause });
  }
}
