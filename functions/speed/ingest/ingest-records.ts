import { createEraser } from '@tidemark/domains/erasure';
import { hotColumnsOf, toHotRow } from '@tidemark/domains/hot-row';
import { toDeadLetter } from '@tidemark/domains/judge';
import type { DeadLetter, SourceRecord } from '@tidemark/domains/outcome';
import type { ColumnValue, Stream } from '@tidemark/domains/stream';
import { createVersionedJudge } from '@tidemark/domains/versioned-judge';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type Clock, systemClock } from '@tidemark/platform/clock';
import { storeDeadLetters } from '@tidemark/platform/dead-letters';
import { createErasureSource, type ErasedPosition, noteErased } from '@tidemark/platform/erasures';
import type { Log } from '@tidemark/platform/log';
import { readVersionStarts } from '@tidemark/platform/schema-versions';
import { decodeRecords, type KafkaEvent } from './kafka-event.ts';
import { createStoreRows } from './store-rows.ts';

export interface IngestDependencies {
  readonly clickhouse: ClickHouse;
  readonly log: Log;
  readonly clock?: Clock;
}

export type Ingest = (event: KafkaEvent) => Promise<{ stored: number; rejected: number }>;

/**
 * Makes the function that stores a batch of the stream's records: valid events in the hot table, all others as dead
 * letters. A row that ClickHouse alone refuses becomes one too, which the batch layer takes over from
 * tidemark.dead_letters. It resolves only when every record is in one of the two, or noted as one that an erasure has;
 * storing a record again changes nothing.
 *
 * The function throws ClickHouseUnavailable when anything could not be stored, SchemaVersionMismatch where the code's
 * judgement is not the one that counts: the batch comes again.
 */
export function createIngest(stream: Stream, { clickhouse, log, clock = systemClock }: IngestDependencies): Ingest {
  const judgeWith = createVersionedJudge(stream);
  const readErasures = createErasureSource(clickhouse, stream.name, clock);
  const hotTable = `${stream.database}.${stream.hotTable}`;
  const hotColumns = hotColumnsOf(stream);
  const storeRows = createStoreRows((rows) => clickhouse.insert(hotTable, hotColumns, rows));

  return async function ingest(event) {
    const rows: ColumnValue[][] = [];
    const records: SourceRecord[] = [];
    const deadLetters: DeadLetter[] = [];
    const erased: ErasedPosition[] = [];
    const [erasures, versionStarts] = await Promise.all([readErasures(), readVersionStarts(clickhouse, stream)]);
    const findErasure = createEraser(stream, erasures);
    const judge = judgeWith(versionStarts);
    for (const record of decodeRecords(event)) {
      const erasure = findErasure(record);
      if (erasure !== undefined) {
        erased.push({ partition: record.partition, offset: record.offset, erasureId: erasure.id });
        continue;
      }
      const verdict = judge(record);
      if (verdict.isValid) {
        rows.push(toHotRow(verdict.version, verdict.event, record));
        records.push(record);
      } else deadLetters.push(toDeadLetter(stream, record, verdict));
    }
    const [refused] = await Promise.all([
      storeRows(rows),
      storeDeadLetters(clickhouse, deadLetters),
      noteErased(clickhouse, stream.name, erased),
    ]);
    const refusedLetters = refused.flatMap(({ index, code }) => {
      const record = records[index];
      const rejection = { isValid: false, reason: 'refused_by_storage', detail: `ClickHouse code ${code}` } as const;
      return record === undefined ? [] : [toDeadLetter(stream, record, rejection)];
    });
    await storeDeadLetters(clickhouse, refusedLetters);
    deadLetters.push(...refusedLetters);
    for (const { record, reason } of deadLetters.slice(0, MAX_LOGGED_DEAD_LETTERS)) {
      const { topic, partition, offset } = record;
      log.warn('record is a dead letter', { stream: stream.name, topic, partition, offset, reason });
    }
    return { stored: rows.length - refused.length, rejected: deadLetters.length };
  };
}

/** A batch of poison must not become a flood of log lines: all of them are in tidemark.dead_letters. */
const MAX_LOGGED_DEAD_LETTERS = 5;
