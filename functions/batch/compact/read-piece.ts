import { createEraser } from '@tidemark/domains/erasure';
import { toDeadLetter } from '@tidemark/domains/judge';
import type { DeadLetter } from '@tidemark/domains/outcome';
import type { Stream } from '@tidemark/domains/stream';
import { createVersionedJudge } from '@tidemark/domains/versioned-judge';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type ErasedPosition, noteErased, readErasures } from '@tidemark/platform/erasures';
import { findCountedTimes } from '@tidemark/platform/event-identities';
import type { KafkaLog, KafkaRecord } from '@tidemark/platform/kafka/log';
import type { LakeRows } from '@tidemark/platform/lake/definition';
import { readVersionStarts } from '@tidemark/platform/schema-versions';
import type { OffsetRanges } from '@tidemark/platform/tidemark';
import { findHistoricalThrough } from './historical-through.ts';
import { createValidRecord, type KeptRecord, toRefusedRecord } from './kept-records.ts';
import { collectLakeRows } from './lake-rows.ts';
import { leaveOutRepeats } from './leave-out-repeats.ts';
import type { PartitionState } from './plan-ranges.ts';
import { readExpired } from './read-expired.ts';
import type { SnapshotSummary } from './snapshot-summary.ts';
import { readStorageRefusals } from './storage-refusals.ts';
import { describeRecord } from './topic-identity.ts';

/** What a piece of the log becomes in the lake. */
export interface Piece {
  readonly rows: LakeRows;
  readonly stored: number;
  readonly deadLetters: readonly DeadLetter[];
  /** What the stream's records table is to hold: every record for a bronze table, else the dead letters. */
  readonly kept: readonly KeptRecord[];
  /** Left out because an erasure has them. */
  readonly erased: readonly ErasedPosition[];
  /** The summary of the snapshot that the piece ends. */
  readonly summary: SnapshotSummary;
}

export interface PieceInput {
  /** Summary of the snapshot that the piece continues. */
  readonly before: SnapshotSummary;
  readonly ranges: OffsetRanges;
  readonly partitions: readonly PartitionState[];
  /** Of keys and values; the piece ends below its ranges rather than hold much more. */
  readonly maxBytes: number;
}

export interface PieceDependencies {
  readonly kafka: KafkaLog;
  readonly clickhouse: ClickHouse;
}

/**
 * Reads the ranges from Kafka itself, judges every record as the speed layer does, and continues the summary. What Kafka
 * has deleted comes from the speed layer; what an erasure has is left out.
 */
export async function readPiece(
  stream: Stream,
  { before, ranges, partitions, maxBytes }: PieceInput,
  { kafka, clickhouse }: PieceDependencies,
): Promise<Piece> {
  const rows = collectLakeRows(stream);
  const expiredRanges = takeExpired(ranges, partitions);
  const expired = await readExpired(stream, expiredRanges, rows, clickhouse);
  const deadLetters = [...expired.deadLetters];
  const validRecords = [...expired.validRecords];
  const toValidRecord = createValidRecord(stream);
  const tidemark = new Map(before.tidemark);
  const lastRecords = new Map(before.lastRecords);

  const judge = createVersionedJudge(stream)(await readVersionStarts(clickhouse, stream));
  const findErasure = createEraser(stream, await readErasures(clickhouse, stream.name));
  const erased: ErasedPosition[] = [];
  const findRefusal = await readStorageRefusals(stream, ranges, clickhouse);
  for (const [partition, { from, to }] of ranges) {
    const first = expiredRanges.get(partition)?.to ?? from;
    let next = first;
    let bytes = 0;
    for await (const { records, nextOffset } of kafka.read({ topic: stream.topic, partition, from: first, to })) {
      for (const record of records) {
        const erasure = findErasure(record);
        if (erasure !== undefined) {
          erased.push({ partition, offset: record.offset, erasureId: erasure.id });
          continue;
        }
        const verdict = findRefusal(record) ?? judge(record);
        if (verdict.isValid) {
          const values = rows.add(verdict.event, record, verdict.version.columns);
          if (stream.bronzeTable !== undefined) validRecords.push(toValidRecord(record, values));
        } else deadLetters.push(toDeadLetter(stream, record, verdict));
        bytes += bytesOf(record);
      }
      const last = records.at(-1);
      if (last !== undefined) lastRecords.set(partition, describeRecord(last));
      next = nextOffset;
      if (bytes > maxBytes / ranges.size) break;
    }
    tidemark.set(partition, next);
  }

  // Before the commit that passes them: every offset is accounted for.
  await noteErased(clickhouse, stream.name, erased);
  const { rows: events, repeated } = await countOnce(stream, rows.toRows(), before, clickhouse);
  const partitionsOfEvents = (events._partition ?? []) as readonly number[];
  return {
    rows: events,
    stored: partitionsOfEvents.length,
    deadLetters,
    kept: [...validRecords, ...deadLetters.map(toRefusedRecord)],
    erased,
    summary: {
      tidemark,
      stored: addCounts(before.stored, countEach(partitionsOfEvents)),
      rejected: addCounts(before.rejected, countEach(deadLetters.map(({ record }) => record.partition))),
      repeated: addCounts(before.repeated, repeated),
      lastRecords,
      gaps: [...before.gaps, ...expired.gaps],
      historicalThroughMs: findHistoricalThrough(before, partitions, { tidemark, lastRecords }),
      schemaVersion: stream.schemaVersion,
      erasures: before.erasures,
    },
  };
}

/** The rows that are events: all, or those that repeat none where the stream has an identity. */
async function countOnce(stream: Stream, rows: LakeRows, { tidemark }: SnapshotSummary, clickhouse: ClickHouse) {
  const { identity } = stream;
  if (identity === undefined) return { rows, repeated: new Map<number, number>() };
  const ids = (rows[identity.column] ?? []) as readonly string[];
  const firstMs = earliestMs((rows._timestamp ?? []) as readonly bigint[]);
  const counted = await findCountedTimes(clickhouse, {
    stream: stream.name,
    horizonMs: identity.horizonMs,
    tidemark,
    ids,
    firstMs,
  });
  return leaveOutRepeats(identity, rows, counted);
}

function earliestMs(micros: readonly bigint[]): number {
  return micros.reduce((leastMs, each) => Math.min(leastMs, Number(each / 1000n)), Number.MAX_SAFE_INTEGER);
}

/** The part of the ranges that is below the log's start. */
function takeExpired(ranges: OffsetRanges, partitions: readonly PartitionState[]): OffsetRanges {
  const logStarts = new Map(partitions.map(({ partition, logStart }) => [partition, logStart]));
  const expired = [...ranges].map(
    ([partition, { from, to }]) => [partition, { from, to: Math.min(to, logStarts.get(partition) ?? from) }] as const,
  );
  return new Map(expired.filter(([, { from, to }]) => from < to));
}

function bytesOf({ key, value }: KafkaRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

function countEach(partitions: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const partition of partitions) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  return counts;
}

function addCounts(before: ReadonlyMap<number, number>, more: ReadonlyMap<number, number>): Map<number, number> {
  const sums = new Map(before);
  for (const [partition, count] of more) sums.set(partition, (sums.get(partition) ?? 0) + count);
  return sums;
}
