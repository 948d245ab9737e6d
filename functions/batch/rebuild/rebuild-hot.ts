import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { readRegisteredTidemark } from '@tidemark/platform/event-identities';
import type { KafkaLog } from '@tidemark/platform/kafka/log';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { type OffsetRanges, rangesBetween, type Tidemark } from '@tidemark/platform/tidemark';
import { defineEventsTable, defineRecordsTable } from '../compact/lake-definitions.ts';
import { makeReadable } from '../compact/make-readable.ts';
import { parseSummary } from '../compact/snapshot-summary.ts';
import { withPinned } from '../reconcile/pin-for-reading.ts';
import { rebuiltPrefix } from './rebuilt-tables.ts';
import { type Restored, restoreFromKafka, restoreFromLake, restoreRegistered } from './restore-hot.ts';

export interface RebuildHotInput {
  readonly hotRetentionMs: number;
  readonly isDryRun: boolean;
  /** The statement that makes the hot table. */
  readonly ddl: string;
}

export interface RebuildHotDependencies {
  readonly clickhouse: ClickHouse;
  readonly kafka: KafkaLog;
  readonly store: ObjectStore;
  readonly clock: () => number;
  readonly newId: () => string;
}

export interface RebuiltHot {
  /** The table was not there. */
  readonly wasMissing: boolean;
  /** Rows that were missing, from the lake; in a dry run, that would be restored. */
  readonly fromLake: Restored;
  /** Ids that the lake counts and that were registered, but not known any more. */
  readonly identities: number;
  /** Records judged again, from the tidemark to what the trigger has committed; in a dry run their offsets. */
  readonly fromKafka: Restored;
  readonly ranges: OffsetRanges;
}

/**
 * Restores a hot table, and the stream's dead letters and ids in ClickHouse, by inserting again what is missing: below
 * the tidemark from the lake, as far as the retention reaches, and from there to the committed offsets from Kafka.
 * Whoever reads meanwhile finds every row at most once, because a row that is there already meets its copy.
 *
 * A table that is not there is filled under another name and then given its own: nobody inserts into a table that does
 * not exist, and no query finds it half full.
 */
export async function rebuildHot(
  stream: Stream,
  { hotRetentionMs, isDryRun, ddl }: RebuildHotInput,
  deps: RebuildHotDependencies,
): Promise<RebuiltHot> {
  const { clickhouse, store, clock, newId } = deps;
  const target = `${stream.database}.${stream.hotTable}`;
  const wasMissing = !(await exists(clickhouse, stream));
  const into = wasMissing ? `${stream.database}.${rebuiltPrefix(stream)}${newId().slice(0, 8)}` : target;
  if (wasMissing) await clickhouse.command(ddl.replace(target, into));
  try {
    const events = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId });
    const records = await LakeTable.open(store, defineRecordsTable(stream), { now: clock, newId });
    const version = await events.load();
    const recordsVersion = await records.load();
    const { tidemark, historicalThroughMs } = parseSummary(version.summary);
    const hotSinceMs = Math.max(0, clock() - hotRetentionMs);
    const pinned = [version, recordsVersion];
    const restored = await withPinned(clickhouse, newId(), pinned, async ([lakeTable = '', recordsTable = '']) => {
      const source = { events: lakeTable, records: recordsTable, hotSinceMs };
      const fromLake = await restoreFromLake(stream, source, tidemark, { into, isDryRun }, clickhouse);
      const { identity } = stream;
      if (identity === undefined) return { fromLake, identities: 0 };
      const pin = { stream, snapshot: version.version, tidemark, lakeTable };
      const lake = { identity, pin, historicalThroughMs };
      const registered = await readRegisteredTidemark(clickhouse, stream.name);
      const identities = await restoreRegistered(lake, registered, isDryRun, clickhouse);
      return { fromLake, identities };
    });
    // Registers what no registration is known of.
    if (stream.identity !== undefined && !isDryRun) await makeReadable(stream, version, deps);

    const tail = await restoreTail(stream, tidemark, { into, isDryRun, isAnyoneInserting: !wasMissing }, deps);
    if (wasMissing && !isDryRun) await clickhouse.command(`RENAME TABLE ${into} TO ${target}`);
    return { wasMissing, ...restored, ...tail };
  } finally {
    if (wasMissing) await clickhouse.command(`DROP TABLE IF EXISTS ${into}`);
  }
}

/**
 * Puts back what Kafka has from the tidemark to what the trigger has committed.
 *
 * @param isAnyoneInserting what is committed from now on is stored; otherwise nobody can store anything, and the
 * committed offsets come to a rest. A batch that was stored just before the loss is committed a moment later.
 */
async function restoreTail(
  stream: Stream,
  tidemark: Tidemark,
  { into, isDryRun, isAnyoneInserting }: { into: string; isDryRun: boolean; isAnyoneInserting: boolean },
  { clickhouse, kafka }: RebuildHotDependencies,
): Promise<Pick<RebuiltHot, 'fromKafka' | 'ranges'>> {
  const reached = new Map(tidemark);
  const fromKafka = { events: 0, deadLetters: 0 };
  for (let pass = 1; pass <= 2 || !isAnyoneInserting; pass += 1) {
    const ranges = rangesBetween(reached, await kafka.committed(stream.consumerGroup, stream.topic));
    if (ranges.size === 0) break;
    const found = isDryRun ? countRanges(ranges) : await restoreFromKafka(stream, ranges, into, { clickhouse, kafka });
    fromKafka.events += found.events;
    fromKafka.deadLetters += found.deadLetters;
    for (const [partition, { to }] of ranges) reached.set(partition, to);
  }
  return { fromKafka, ranges: rangesBetween(tidemark, reached) };
}

async function exists(clickhouse: ClickHouse, { database, hotTable }: Stream): Promise<boolean> {
  const { rows } = await clickhouse.query(
    'SELECT name FROM system.tables WHERE database = {database:String} AND name = {hotTable:String}',
    { database, hotTable },
  );
  return rows.length > 0;
}

function countRanges(ranges: OffsetRanges): Restored {
  return { events: [...ranges.values()].reduce((sum, { from, to }) => sum + to - from, 0), deadLetters: 0 };
}
