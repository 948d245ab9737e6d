import { createEraser } from '@tidemark/domains/erasure';
import { hotColumnsOf, toHotRow } from '@tidemark/domains/hot-row';
import { toDeadLetter } from '@tidemark/domains/judge';
import type { DeadLetter } from '@tidemark/domains/outcome';
import type { Stream } from '@tidemark/domains/stream';
import { createVersionedJudge } from '@tidemark/domains/versioned-judge';
import type { ClickHouse, Row } from '@tidemark/platform/clickhouse';
import { storeDeadLetters } from '@tidemark/platform/dead-letters';
import { readErasures } from '@tidemark/platform/erasures';
import { restoreIdentities } from '@tidemark/platform/event-identities';
import type { KafkaLog } from '@tidemark/platform/kafka/log';
import { readVersionStarts } from '@tidemark/platform/schema-versions';
import type { OffsetRanges, Tidemark } from '@tidemark/platform/tidemark';
import { readStorageRefusals } from '../compact/storage-refusals.ts';
import { type LakeRowsSource, restoreDeadLetters, restoreEvents } from './rows-to-restore.ts';

export interface RestoreDependencies {
  readonly clickhouse: ClickHouse;
  readonly kafka: KafkaLog;
}

/** What was put back, or would be. */
export interface Restored {
  readonly events: number;
  readonly deadLetters: number;
}

/** Offsets of one INSERT: bounds the memory of its list of rows that are there. */
const WINDOW_OFFSETS = 1_000_000;

/** Puts back what the lake has below its tidemark: events within the retention, and all dead letters. */
export async function restoreFromLake(
  stream: Stream,
  source: LakeRowsSource,
  tidemark: Tidemark,
  { into, isDryRun }: { into: string; isDryRun: boolean },
  clickhouse: ClickHouse,
): Promise<Restored> {
  let events = 0;
  let deadLetters = 0;
  for (const window of windowsBelow(tidemark)) {
    events += await insertMissing(restoreEvents(stream, source, window, into), isDryRun, clickhouse);
    deadLetters += await insertMissing(restoreDeadLetters(stream, source, window), isDryRun, clickhouse);
  }
  return { events, deadLetters };
}

/**
 * Puts back the ids that the lake counts below what was registered; the others a version's publication registers.
 *
 * @returns how many there were to put back
 */
export async function restoreRegistered(
  lake: Parameters<typeof restoreIdentities>[0],
  registered: Tidemark,
  isDryRun: boolean,
  clickhouse: ClickHouse,
): Promise<number> {
  let identities = 0;
  for (const window of windowsBelow(registered)) {
    identities += await insertMissing(restoreIdentities(lake, window), isDryRun, clickhouse);
  }
  return identities;
}

/** @returns how many rows there were to insert */
async function insertMissing(
  { insert, count }: { readonly insert: string; readonly count: string },
  isDryRun: boolean,
  clickhouse: ClickHouse,
): Promise<number> {
  const { rows } = await clickhouse.query<{ rows: number }>(count);
  const missing = rows[0]?.rows ?? 0;
  if (missing > 0 && !isDryRun) await clickhouse.command(insert);
  return missing;
}

/**
 * Puts back what Kafka has of some ranges, judged again; what is there already becomes the same row once more. Offsets
 * that Kafka has deleted are left to `reconcile`.
 */
export async function restoreFromKafka(
  stream: Stream,
  ranges: OffsetRanges,
  into: string,
  { clickhouse, kafka }: RestoreDependencies,
): Promise<Restored> {
  const judge = createVersionedJudge(stream)(await readVersionStarts(clickhouse, stream));
  const findErasure = createEraser(stream, await readErasures(clickhouse, stream.name));
  const findRefusal = await readStorageRefusals(stream, ranges, clickhouse);
  const starts = new Map((await kafka.offsets(stream.topic)).map(({ partition, logStart }) => [partition, logStart]));
  let events = 0;
  let deadLetters = 0;
  for (const [partition, range] of ranges) {
    const from = Math.max(range.from, starts.get(partition) ?? range.from);
    for await (const { records } of kafka.read({ topic: stream.topic, partition, from, to: range.to })) {
      const rows: Row[] = [];
      const refused: DeadLetter[] = [];
      for (const record of records) {
        // Whoever delivered it, or will compact it, notes it.
        if (findErasure(record) !== undefined) continue;
        const verdict = findRefusal(record) ?? judge(record);
        if (verdict.isValid) rows.push(toHotRow(verdict.version, verdict.event, record));
        else refused.push(toDeadLetter(stream, record, verdict));
      }
      await clickhouse.insert(into, hotColumnsOf(stream), rows);
      await storeDeadLetters(clickhouse, refused);
      events += rows.length;
      deadLetters += refused.length;
    }
  }
  return { events, deadLetters };
}

/** Ranges of at most so many offsets in all partitions together. */
function* windowsBelow(tidemark: Tidemark): Iterable<OffsetRanges> {
  for (const [partition, end] of tidemark) {
    for (let from = 0; from < end; from += WINDOW_OFFSETS) {
      yield new Map([[partition, { from, to: Math.min(end, from + WINDOW_OFFSETS) }]]);
    }
  }
}
