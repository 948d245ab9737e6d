import type { Stream } from '@tidemark/domains/stream';
import { invokeFunction } from '../../localstack/invoke/invoke-function.ts';
import type { Figure, Target } from './figure.ts';

export interface CompactionInput {
  /** Heading of the figures. */
  readonly section: string;
  readonly stream: Stream;
  /** Records that were delivered. */
  readonly records: number;
  readonly target?: Target;
}

/** Times `compact` over everything that was delivered, and `refreshGold` over what that added. */
export async function measureCompaction(
  lambdaUrl: string,
  { section, stream, records, target }: CompactionInput,
): Promise<Figure[]> {
  const compaction = await timeRun(lambdaUrl, 'compact', stream);
  // A stream whose events count once has fewer rows than records.
  if (stream.identity === undefined && compaction.rows !== records) {
    throw new Error(`compact committed ${compaction.rows} rows, not ${records}`);
  }
  const refresh = await timeRun(lambdaUrl, 'refreshGold', stream);
  const rate = (records / compaction.durationMs) * 1000;
  return [
    { section, name: 'records', value: rate, unit: 'records/s', ...(target && { target }) },
    { section, name: 'compact', value: compaction.durationMs / 1000, unit: 's' },
    { section, name: 'refresh-gold', value: refresh.durationMs / 1000, unit: 's' },
  ];
}

async function timeRun(lambdaUrl: string, name: string, stream: Stream): Promise<{ rows: number; durationMs: number }> {
  const startedAtMs = performance.now();
  const { hasFailed, payload } = await invokeFunction(lambdaUrl, name, { stream: stream.name });
  const durationMs = performance.now() - startedAtMs;
  if (hasFailed) throw new Error(`${name} failed: ${JSON.stringify(payload)}`);
  const reports = payload as Record<string, { rows: number } | undefined>;
  return { rows: reports[stream.name]?.rows ?? 0, durationMs };
}
