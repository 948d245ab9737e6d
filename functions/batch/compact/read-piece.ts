import { createJudge, toDeadLetter } from '@tidemark/domains/judge';
import type { DeadLetter } from '@tidemark/domains/outcome';
import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { KafkaLog, KafkaRecord } from '@tidemark/platform/kafka/log';
import type { LakeRows } from '@tidemark/platform/lake/definition';
import type { OffsetRanges } from '@tidemark/platform/tidemark';
import { findHistoricalThrough } from './historical-through.ts';
import { collectLakeRows } from './lake-rows.ts';
import type { PartitionState } from './plan-ranges.ts';
import { readExpired } from './read-expired.ts';
import type { SnapshotSummary } from './snapshot-summary.ts';
import { describeRecord } from './topic-identity.ts';

/** What a piece of the log becomes in the lake. */
export interface Piece {
  readonly rows: LakeRows;
  readonly stored: number;
  readonly deadLetters: readonly DeadLetter[];
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
 * has deleted comes from the speed layer.
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
  const stored = new Map(before.stored);
  for (const [partition, count] of expired.stored) addCount(stored, partition, count);
  const tidemark = new Map(before.tidemark);
  const lastRecords = new Map(before.lastRecords);

  const judge = createJudge(stream);
  for (const [partition, { from, to }] of ranges) {
    const first = expiredRanges.get(partition)?.to ?? from;
    const sizeBefore = rows.size;
    let next = first;
    let bytes = 0;
    for await (const { records, nextOffset } of kafka.read({ topic: stream.topic, partition, from: first, to })) {
      for (const record of records) {
        const verdict = judge(record);
        if (verdict.isValid) rows.add(verdict.event, record);
        else deadLetters.push(toDeadLetter(stream, record, verdict));
        bytes += bytesOf(record);
      }
      const last = records.at(-1);
      if (last !== undefined) lastRecords.set(partition, describeRecord(last));
      next = nextOffset;
      if (bytes > maxBytes / ranges.size) break;
    }
    addCount(stored, partition, rows.size - sizeBefore);
    tidemark.set(partition, next);
  }

  const rejected = new Map(before.rejected);
  for (const { record } of deadLetters) addCount(rejected, record.partition, 1);
  return {
    rows: rows.toRows(),
    stored: rows.size,
    deadLetters,
    summary: {
      tidemark,
      stored,
      rejected,
      lastRecords,
      gaps: [...before.gaps, ...expired.gaps],
      historicalThroughMs: findHistoricalThrough(before, partitions, { tidemark, lastRecords }),
      schemaVersion: stream.schemaVersion,
    },
  };
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

function addCount(counts: Map<number, number>, partition: number, more: number): void {
  counts.set(partition, (counts.get(partition) ?? 0) + more);
}
