import { randomUUID } from 'node:crypto';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { RunDependencies, RunReport } from '@tidemark/platform/batch-runs';
import type { KafkaLog } from '@tidemark/platform/kafka/log';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { recordSchemaVersion } from '@tidemark/platform/schema-versions';
import type { OffsetRanges, Tidemark } from '@tidemark/platform/tidemark';
import { commitPiece } from './commit-piece.ts';
import { addFirstOffsets } from './first-offsets.ts';
import { defineEventsTable, defineRecordsTable } from './lake-definitions.ts';
import { makeReadable } from './make-readable.ts';
import { readPartitionStates } from './partition-states.ts';
import { planRanges, remainderOf, takePiece } from './plan-ranges.ts';
import { publishNewest } from './publish-newest.ts';
import { readPiece } from './read-piece.ts';
import { parseSummary } from './snapshot-summary.ts';
import { verifyTopic } from './topic-identity.ts';
import { warnOfTimestamps } from './warn-of-timestamps.ts';

export interface CompactDependencies extends RunDependencies {
  readonly kafka: KafkaLog;
  readonly store: ObjectStore;
}

export interface CompactInput {
  /** Explicit ends per partition; without them, what the trigger has delivered. */
  readonly toOffsets: Tidemark | undefined;
  /** The run starts no further commit after this moment, milliseconds since 1970 UTC. */
  readonly deadlineMs: number;
  readonly limits?: CommitLimits;
}

/** How much of the log becomes one commit: what a run holds in memory, and loses when it is killed. */
export interface CommitLimits {
  readonly offsets: number;
  /** Of keys and values. */
  readonly bytes: number;
}

/** About 300 MB of memory and a few seconds; without the bytes, records of a megabyte would need all there is. */
const COMMIT_LIMITS: CommitLimits = { offsets: 300_000, bytes: 128 * 1024 * 1024 };

/**
 * Moves the tidemark of a stream: reads `[tidemark, end)` of each partition from Kafka, writes Parquet, commits one
 * snapshot after the other, and publishes the newest, also where there is nothing new.
 *
 * Two at once are harmless: a commit is one conditional PUT, and the loser starts again from the winner's tidemark.
 *
 * @throws TopicMismatch where the topic was recreated or truncated, SchemaVersionMismatch where newer code has begun,
 * TidemarkError where a dependency is broken
 */
export async function compactStream(
  declaration: StreamDeclaration,
  { toOffsets, deadlineMs, limits = COMMIT_LIMITS }: CompactInput,
  deps: CompactDependencies,
): Promise<RunReport> {
  const { kafka, store, clickhouse, clock, log } = deps;
  const { stream } = declaration;
  const lakeDeps = { now: clock, newId: randomUUID };
  const events = await LakeTable.open(store, defineEventsTable(stream), lakeDeps);
  const records = await LakeTable.open(store, defineRecordsTable(stream), lakeDeps);
  const writerId = deps.newId();

  let version = await events.load();
  const atStart = parseSummary(version.summary);
  const partitions = await readPartitionStates(kafka, stream, clock());
  await verifyTopic(kafka, stream.topic, partitions, atStart);
  await recordSchemaVersion(stream, deps);
  const begin = await addFirstOffsets(stream, atStart.tidemark, partitions, clickhouse);
  const { ranges, overtaken } = planRanges(begin, partitions, toOffsets);

  let rows = 0;
  let rejected = 0;
  let left: OffsetRanges = ranges;
  while (left.size > 0 && clock() < deadlineMs) {
    const startedAtMs = clock();
    // Also what a run left behind that died between its commit and this: records are judged by the ids of their base.
    if (stream.identity !== undefined) await makeReadable(stream, version, deps);
    const before = parseSummary(version.summary);
    const piece = await readPiece(
      stream,
      { before, ranges: takePiece(left, limits.offsets), partitions, maxBytes: limits.bytes },
      deps,
    );
    const committed = await commitPiece(piece, version, startedAtMs, { events, records, clickhouse, writerId });
    if (committed !== undefined) {
      rows += piece.stored;
      rejected += piece.deadLetters.length;
      const durationMs = clock() - startedAtMs;
      log.info('snapshot committed', {
        stream: stream.name,
        snapshot: committed.version,
        rows: piece.stored,
        durationMs,
      });
    }
    version = committed ?? (await events.load());
    left = remainderOf(ranges, parseSummary(version.summary).tidemark);
  }

  const published = await publishNewest(declaration, events, deps);
  const warnings = [
    ...(await warnOfTimestamps(kafka, stream.topic, log)),
    ...overtaken.map((partition) => `partition ${partition}: the trigger lags, the lake went beyond it`),
    ...(left.size > 0 ? ['out of time: the next run goes on'] : []),
  ];
  return {
    status: rows + rejected > 0 || ranges.size > 0 ? 'done' : 'skipped',
    ranges,
    snapshot: published,
    rows,
    rejected,
    ...(warnings.length > 0 && { warning: warnings.join('; ') }),
  };
}
