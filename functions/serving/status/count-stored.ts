import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { hotEventsExpression } from '@tidemark/platform/hot-events';
import type { PublishedSnapshot } from '../completeness/read-publication.ts';

/** Valid events in the lake, as a snapshot has it, and above it, each once. */
export async function countStored(
  clickhouse: ClickHouse,
  stream: Stream,
  { stored, tidemark }: PublishedSnapshot,
): Promise<number> {
  const { rows } = await clickhouse.query<{ records: number }>(
    `SELECT count() AS records FROM ${hotEventsExpression(stream, tidemark)}`,
  );
  return stored + (rows[0]?.records ?? 0);
}
