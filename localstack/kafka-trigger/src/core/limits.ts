/** Lowest and highest value, both allowed. */
export type Range = readonly [low: number, high: number];

/**
 * Whole numbers that a mapping may have. Retries and record age may also be -1, for ever.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html and
 * https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedPollerConfig.html (2026-11).
 */
export const RANGES = {
  BatchSize: [1, 10_000],
  MaximumBatchingWindowInSeconds: [0, 300],
  MaximumRetryAttempts: [0, 10_000],
  MaximumRecordAgeInSeconds: [60, 604_800],
  MinimumPollers: [1, 200],
  MaximumPollers: [1, 2_000],
} as const satisfies Record<string, Range>;

/** Those of `RANGES` that may be -1. */
export const ENDLESS: readonly string[] = ['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds'];

export const DEFAULT_BATCH_SIZE = 100;
export const DEFAULT_MAX_POLLERS = 200;
/** Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html (2026-11). */
export const DEFAULT_WINDOW_MS = 500;
/** Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html (2026-11). */
export const MAX_FILTERS = 5;
export const MAX_FILTERS_ON_REQUEST = 10;
