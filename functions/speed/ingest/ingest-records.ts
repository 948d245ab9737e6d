import { hotColumnsOf, toHotRow } from '@tidemark/domains/hot-row';
import { createJudge, toDeadLetter } from '@tidemark/domains/judge';
import type { DeadLetter } from '@tidemark/domains/outcome';
import type { ColumnValue, Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { storeDeadLetters } from '@tidemark/platform/dead-letters';
import type { Log } from '@tidemark/platform/log';
import { decodeRecords, type KafkaEvent } from './kafka-event.ts';

export interface IngestDependencies {
  readonly clickhouse: ClickHouse;
  readonly log: Log;
}

export type Ingest = (event: KafkaEvent) => Promise<{ stored: number; rejected: number }>;

/**
 * Makes the function that stores a batch of the stream's records: valid events in the hot table, all others as dead
 * letters. It resolves only when every record is in one of the two; storing a record again changes nothing.
 *
 * The function throws ClickHouseUnavailable when anything could not be stored: the batch comes again.
 */
export function createIngest(stream: Stream, { clickhouse, log }: IngestDependencies): Ingest {
  const judge = createJudge(stream);
  const hotTable = `${stream.database}.${stream.hotTable}`;
  const hotColumns = hotColumnsOf(stream);

  return async function ingest(event) {
    const rows: ColumnValue[][] = [];
    const deadLetters: DeadLetter[] = [];
    for (const record of decodeRecords(event)) {
      const verdict = judge(record);
      if (verdict.isValid) rows.push(toHotRow(stream, verdict.event, record));
      else deadLetters.push(toDeadLetter(stream, record, verdict));
    }
    await Promise.all([clickhouse.insert(hotTable, hotColumns, rows), storeDeadLetters(clickhouse, deadLetters)]);
    for (const { record, reason } of deadLetters.slice(0, MAX_LOGGED_DEAD_LETTERS)) {
      const { topic, partition, offset } = record;
      log.warn('record is a dead letter', { stream: stream.name, topic, partition, offset, reason });
    }
    return { stored: rows.length, rejected: deadLetters.length };
  };
}

/** A batch of poison must not become a flood of log lines: all of them are in tidemark.dead_letters. */
const MAX_LOGGED_DEAD_LETTERS = 5;
