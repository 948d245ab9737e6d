import { retailEvents } from '@tidemark/domains/retail_events/stream';
import { invokeFunction } from '../../localstack/invoke/invoke-function.ts';
import type { Figure } from './figure.ts';

const SECTION = 'From Kafka to a published snapshot';

/** Times `compact` over everything that was delivered, and `refreshGold` over what that added. */
export async function measureCompaction(lambdaUrl: string, events: number): Promise<Figure[]> {
  const compaction = await timeRun(lambdaUrl, 'compact');
  if (compaction.rows !== events) throw new Error(`compact committed ${compaction.rows} rows, not ${events}`);
  const refresh = await timeRun(lambdaUrl, 'refreshGold');
  const rate = (compaction.rows / compaction.durationMs) * 1000;
  return [
    { section: SECTION, name: 'rows', value: rate, unit: 'rows/s', target: { is: 'above', value: 120_000 } },
    { section: SECTION, name: 'compact', value: compaction.durationMs / 1000, unit: 's' },
    { section: SECTION, name: 'refresh-gold', value: refresh.durationMs / 1000, unit: 's' },
  ];
}

async function timeRun(lambdaUrl: string, name: string): Promise<{ rows: number; durationMs: number }> {
  const startedAtMs = performance.now();
  const { hasFailed, payload } = await invokeFunction(lambdaUrl, name, {});
  const durationMs = performance.now() - startedAtMs;
  if (hasFailed) throw new Error(`${name} failed: ${JSON.stringify(payload)}`);
  const reports = payload as Record<string, { rows: number } | undefined>;
  return { rows: reports[retailEvents.name]?.rows ?? 0, durationMs };
}
