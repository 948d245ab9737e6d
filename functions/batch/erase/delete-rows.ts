import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type StoredErasure, selectErasedPositions } from '@tidemark/platform/erasures';
import { columnsOf, erasedCondition } from './search-subject.ts';

/** A table of ClickHouse that may hold a subject, and the condition on its rows. */
export interface SubjectRows {
  readonly place: string;
  readonly table: string;
  readonly condition: string;
}

/** Every place in ClickHouse whose rows are records, or tell of single ones. */
export function listSubjectRows(stream: Stream, erasure: StoredErasure): readonly SubjectRows[] {
  const { hot, deadLetters } = columnsOf(erasure);
  const own = `stream = '${stream.name}'`;
  const erased = selectErasedPositions(stream.name);
  const isErased = `(toInt32(_partition), toInt64(_offset)) IN (${erased})`;
  return [
    { place: 'hot', table: `${stream.database}.${stream.hotTable}`, condition: erasedCondition(erasure, hot) },
    {
      place: 'dead_letters',
      table: 'tidemark.dead_letters',
      condition: `${own} AND ${erasedCondition(erasure, deadLetters)}`,
    },
    // What a replay began and ended with stays: positions, by which no dead letter is replayed twice.
    {
      place: 'discarded_dead_letters',
      table: 'tidemark.dead_letter_log',
      condition: `${own} AND action = 'discarded' AND ${isErased}`,
    },
    { place: 'identities', table: 'tidemark.event_identities', condition: `${own} AND ${isErased}` },
    {
      place: 'conflicts',
      table: 'tidemark.event_conflicts',
      condition: `${own} AND (${isErased} OR (toInt32(kept_partition), toInt64(kept_offset)) IN (${erased}))`,
    },
  ];
}

/** Counts the rows of each place. */
export async function countRows(
  stream: Stream,
  erasure: StoredErasure,
  clickhouse: ClickHouse,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { place, table, condition } of listSubjectRows(stream, erasure)) {
    const { rows } = await clickhouse.query<{ found: number }>(
      `SELECT count() AS found FROM ${table} WHERE ${condition}`,
    );
    counts[place] = rows[0]?.found ?? 0;
  }
  return counts;
}

/**
 * Deletes the rows of each place, from the disk and not only from sight; published views read none of them.
 *
 * @returns how many rows there were
 */
export async function deleteRows(
  stream: Stream,
  erasure: StoredErasure,
  clickhouse: ClickHouse,
): Promise<Record<string, number>> {
  const counts = await countRows(stream, erasure, clickhouse);
  for (const { place, table, condition } of listSubjectRows(stream, erasure)) {
    if (counts[place] === 0) continue;
    await clickhouse.command(`ALTER TABLE ${table} DELETE WHERE ${condition} SETTINGS mutations_sync = 2`);
  }
  return counts;
}
