import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { ErasureState } from '@tidemark/platform/erasures';
import type { CompactDependencies } from '../compact/compact-stream.ts';
import { countRebuilds } from '../rebuild/rebuilt-tables.ts';
import { storageOf } from '../refresh-gold/segments.ts';
import type { Removed } from './clean-up.ts';
import { countRows } from './delete-rows.ts';
import { openTables } from './open-tables.ts';
import { countInLake, matchEvents, matchRecords, readKnownPositions } from './search-subject.ts';

/** What is kept as the proof of an erasure. */
export interface ErasureProof {
  readonly is_clean: boolean;
  /** Records whose positions are kept. */
  readonly erased_records: number;
  readonly removed: Removed;
  /** Rows or files that hold the subject, place by place, after all was removed. */
  readonly found: Readonly<Record<string, number>>;
  /** Partitions of the topic that still hold records below the ends; nobody can delete these, every reader leaves them out. */
  readonly kafka_partitions: readonly number[];
  /** ISO 8601, UTC: by the retention of the topic they are gone then, apart from the time that a segment takes to close. */
  readonly kafka_until: string;
}

/** Searches every place for the subject, by its hash and by the positions that are kept. */
export async function proveErasure(
  { stream, gold }: StreamDeclaration,
  erasure: ErasureState,
  removed: Removed,
  deps: CompactDependencies,
): Promise<ErasureProof> {
  const { clickhouse, kafka } = deps;
  const known = await readKnownPositions(clickhouse, erasure);
  const tables = await openTables(stream, deps);
  const found: Record<string, number> = {
    ...(await countInLake(stream, erasure, known, tables)),
    ...(await countRows(stream, erasure, clickhouse)),
    // Not looked into: each is gone within the hour.
    rebuilt_tables: await countRebuilds(stream, clickhouse),
    lake_files: await tables.events.countForgettable(matchEvents(erasure, known)),
    lake_record_files: await tables.records.countForgettable(matchRecords(stream, erasure, known)),
  };
  for (const table of known.size > 0 ? gold : []) {
    const { rows } = await clickhouse.query<{ old: number }>(
      `SELECT count() AS old FROM ${storageOf(table)} WHERE last_snapshot < {snapshot:UInt64}`,
      { snapshot: erasure.snapshot },
    );
    found[`gold ${table.name}`] = rows[0]?.old ?? 0;
  }
  const bounds = await kafka.offsets(stream.topic);
  const holding = bounds.filter(({ partition, logStart }) => logStart < (erasure.ends.get(partition) ?? 0));
  return {
    is_clean: Object.values(found).every((rows) => rows === 0),
    erased_records: known.size,
    removed,
    found,
    kafka_partitions: holding.map(({ partition }) => partition),
    kafka_until: new Date(Date.parse(erasure.requestedAt) + stream.retentionMs).toISOString(),
  };
}
