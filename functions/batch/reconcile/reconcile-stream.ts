import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { Stream } from '@tidemark/domains/stream';
import type { RunDependencies } from '@tidemark/platform/batch-runs';
import { readErasedRanges } from '@tidemark/platform/erasures';
import type { KafkaLog } from '@tidemark/platform/kafka/log';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { ObjectStore } from '@tidemark/platform/object-store';
import type { OffsetRanges } from '@tidemark/platform/tidemark';
import { defineEventsTable, defineRecordsTable } from '../compact/lake-definitions.ts';
import { readPartitionStates } from '../compact/partition-states.ts';
import type { PartitionState } from '../compact/plan-ranges.ts';
import { parseSummary, type SnapshotSummary } from '../compact/snapshot-summary.ts';
import { verifyTopic } from '../compact/topic-identity.ts';
import { accountPartition } from './account-partition.ts';
import { addLostIds } from './add-lost-ids.ts';
import { chooseCompared } from './choose-compared.ts';
import { findMissingFiles } from './find-missing-files.ts';
import { findRecords } from './find-records.ts';
import { findUncounted } from './find-uncounted.ts';
import type { PartitionLedger } from './ledger.ts';
import { measureBuckets, readPresence } from './measure-buckets.ts';
import type { OffsetRange } from './offset-ranges.ts';
import { withPinned } from './pin-for-reading.ts';
import type { PinnedSources } from './row-sources.ts';

export interface ReconcileDependencies extends RunDependencies {
  readonly kafka: KafkaLog;
  readonly store: ObjectStore;
}

export interface ReconcileInput {
  /** Compares the content of every offset, however many there are. */
  readonly isFull: boolean;
  /** Hot rows are kept so long after they were inserted; a record is not inserted before it is appended. */
  readonly hotRetentionMs: number;
  /** Content of so many offsets is compared otherwise. */
  readonly maxCompared?: number;
}

/** Every offset of a stream, accounted for at one snapshot. */
export interface StreamLedger {
  readonly stream: string;
  readonly topic: string;
  readonly snapshot: number;
  readonly partitions: readonly PartitionLedger[];
  /** Data files that the snapshot names and the bucket has not. */
  readonly missingFiles: readonly string[];
  /** Offsets whose content was compared between the layers, of those that both ought to hold. */
  readonly compared: { readonly offsets: number; readonly of: number };
  readonly elapsedMs: number;
}

/** Rows that maintenance may be about to take are not missed. */
const RETENTION_MARGIN_MS = 24 * 60 * 60 * 1000;
/** About a minute of two cores, and as many rows as a laptop's history has. */
const MAX_COMPARED = 20_000_000;
/** A file may be rewritten and removed while it is being read: then the newer snapshot is taken. */
const MAX_ATTEMPTS = 3;

/**
 * Accounts for every offset of a stream: pins the lake's newest snapshot, then reads the trigger's committed offsets,
 * then the hot table below them, and Kafka's start last, so that nothing that moves meanwhile looks like a loss.
 *
 * @throws TopicMismatch where the topic is not the one that the lake was made from, TidemarkError where a part is broken
 */
export async function reconcileStream(
  declaration: StreamDeclaration,
  input: ReconcileInput,
  deps: ReconcileDependencies,
): Promise<StreamLedger> {
  const { stream } = declaration;
  const { clickhouse, store, clock, newId, kafka } = deps;
  const startedAtMs = clock();
  const events = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId });
  const records = await LakeTable.open(store, defineRecordsTable(stream), { now: clock, newId });
  for (let attempt = 1; ; attempt += 1) {
    const version = await events.load();
    const recordsVersion = await records.load();
    const missingFiles = [
      ...(await findMissingFiles(store, events, version)),
      ...(await findMissingFiles(store, records, recordsVersion)),
    ];
    const isOutdated = async () =>
      (await events.load()).version > version.version || (await records.load()).version > recordsVersion.version;
    if (missingFiles.length > 0 && attempt < MAX_ATTEMPTS && (await isOutdated())) continue;

    const summary = parseSummary(version.summary);
    const states = await readPartitionStates(kafka, stream, clock());
    await verifyTopic(kafka, stream.topic, states, summary);
    const choice = chooseCompared(
      sharedRanges(states, summary),
      input.isFull ? undefined : (input.maxCompared ?? MAX_COMPARED),
      clock(),
    );
    const partitions = await withPinned(
      clickhouse,
      newId(),
      [version, recordsVersion],
      async ([eventsTable = '', recordsTable = '']) => {
        const sources = {
          events: eventsTable,
          records: recordsTable,
          compared: choice.ranges,
          hotSinceMs: Math.max(0, clock() - input.hotRetentionMs + RETENTION_MARGIN_MS),
        };
        const ledgers = await accountPartitions(stream, sources, states, summary, missingFiles.length > 0, deps);
        // A table that lacks files cannot be asked, and is not clean anyway.
        if (missingFiles.length > 0) return ledgers;
        const pin = { stream, snapshot: version.version, tidemark: summary.tidemark, lakeTable: eventsTable };
        return addLostIds(ledgers, pin, summary.historicalThroughMs, clickhouse);
      },
    );
    return {
      stream: stream.name,
      topic: stream.topic,
      snapshot: version.version,
      partitions,
      missingFiles,
      compared: { offsets: choice.offsets, of: choice.of },
      elapsedMs: clock() - startedAtMs,
    };
  }
}

/** What both layers ought to hold: below the tidemark, and delivered. */
function sharedRanges(states: readonly PartitionState[], { tidemark }: SnapshotSummary): OffsetRanges {
  const ranges = states.map(({ partition, committed }) => {
    return [partition, { from: 0, to: Math.min(tidemark.get(partition) ?? 0, committed ?? 0) }] as const;
  });
  return new Map(ranges.filter(([, { to }]) => to > 0));
}

async function accountPartitions(
  stream: Stream,
  sources: PinnedSources,
  states: readonly PartitionState[],
  summary: SnapshotSummary,
  isAnyFileMissing: boolean,
  { clickhouse, kafka }: ReconcileDependencies,
): Promise<PartitionLedger[]> {
  const tidemarkOf = (partition: number) => summary.tidemark.get(partition) ?? 0;
  const belowEnd = states.map(({ partition, lastStable }) => [partition, { from: 0, to: lastStable }] as const);
  const belowTidemark = states.map(({ partition }) => [partition, { from: 0, to: tidemarkOf(partition) }] as const);
  const settings = isAnyFileMissing ? 'SETTINGS s3_ignore_file_doesnt_exist = 1' : '';
  const buckets = await measureBuckets(
    clickhouse,
    stream,
    sources,
    new Map(belowEnd),
    new Map(belowTidemark),
    settings,
  );
  const ledgers: PartitionLedger[] = [];
  for (const { partition, logStart, lastStable, committed } of states) {
    const own = buckets.filter((bucket) => bucket.partition === partition);
    const heldBySummary = [summary.stored, summary.rejected, summary.repeated].reduce(
      (sum, counts) => sum + (counts.get(partition) ?? 0),
      0,
    );
    const tidemark = tidemarkOf(partition);
    const firstKnown = Math.min(logStart, ...own.map((bucket) => bucket.first_offset));
    const facts = {
      partition,
      // A lake that says it holds more than there is room for has lost its beginning.
      from: heldBySummary > tidemark - firstKnown ? 0 : firstKnown,
      to: lastStable,
      logStart,
      tidemark,
      committed: committed ?? null,
      heldBySummary,
      repeatedBySummary: summary.repeated.get(partition) ?? 0,
      recordedGaps: summary.gaps.filter((gap) => gap.partition === partition),
      erased: await readErasedRanges(clickhouse, stream.name, partition),
    };
    const reader = {
      readPresence: (range: OffsetRange) =>
        readPresence(clickhouse, stream, sources, { ...range, partition }, tidemark, settings),
      findUncounted: () => findUncounted(clickhouse, stream, sources, { partition, tidemark }, settings),
      findRecords: (ranges: readonly OffsetRange[]) => findRecords(kafka, stream.topic, partition, ranges),
    };
    ledgers.push(await accountPartition(facts, own, reader));
  }
  return ledgers;
}
