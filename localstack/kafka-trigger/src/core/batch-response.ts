/** What a function's return value says about its batch: all done, not understood, or where each partition failed. */
export type BatchResponse =
  | { kind: 'success' }
  | { kind: 'malformed'; reason: string }
  /** By `topic-partition`, the lowest failed offset. */
  | { kind: 'partial'; failedFrom: ReadonlyMap<string, number> };

const SUCCESS: BatchResponse = { kind: 'success' };

/**
 * Reads the response of a function whose mapping has ReportBatchItemFailures. Null and an empty list mean success;
 * anything that cannot be understood means that the whole batch failed. `contains` tells whether the event had a record.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html (2026-11).
 */
export function readBatchResponse(
  response: unknown,
  contains: (partition: string, offset: number) => boolean,
): BatchResponse {
  if (response === null || response === undefined) return SUCCESS;
  if (typeof response !== 'object') return malformed('the response is not an object');
  const { batchItemFailures } = response as { batchItemFailures?: unknown };
  if (batchItemFailures === null || batchItemFailures === undefined) return SUCCESS;
  if (!Array.isArray(batchItemFailures)) return malformed('batchItemFailures is not a list');
  const failedFrom = new Map<string, number>();
  for (const failure of batchItemFailures) {
    const item = readIdentifier(failure);
    if (!item) return malformed('an itemIdentifier is not an object of partition and offset');
    if (!contains(item.partition, item.offset))
      return malformed(`${item.partition}@${item.offset} was not in the event`);
    failedFrom.set(item.partition, Math.min(item.offset, failedFrom.get(item.partition) ?? item.offset));
  }
  return failedFrom.size === 0 ? SUCCESS : { kind: 'partial', failedFrom };
}

function readIdentifier(failure: unknown): { partition: string; offset: number } | undefined {
  const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
  if (typeof identifier !== 'object' || identifier === null) return undefined;
  const { partition, offset } = identifier as { partition?: unknown; offset?: unknown };
  return typeof partition === 'string' && typeof offset === 'number' ? { partition, offset } : undefined;
}

function malformed(reason: string): BatchResponse {
  return { kind: 'malformed', reason };
}
