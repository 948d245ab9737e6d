import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { storeDeadLetters } from '@tidemark/platform/dead-letters';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { LakeVersion } from '@tidemark/platform/lake/table-version';
import { formatTidemark, parseTidemark, type Tidemark } from '@tidemark/platform/tidemark';
import { countHeld } from './count-held.ts';
import { toRecordRows } from './kept-records.ts';
import type { Piece } from './read-piece.ts';
import { formatSummary } from './snapshot-summary.ts';

export interface CommitDependencies {
  readonly events: LakeTable;
  /** Keeps records as received: see `defineRecordsTable`. */
  readonly records: LakeTable;
  readonly clickhouse: ClickHouse;
  readonly writerId: string;
}

/**
 * Commits a piece as the next snapshot of the events table; what is kept of its records first, so that no offset below a
 * tidemark is unaccounted for.
 *
 * @returns the new version, or undefined where another compactor was first: nothing of the piece is visible then
 */
export async function commitPiece(
  piece: Piece,
  base: LakeVersion,
  startedAtMs: number,
  { events, records, clickhouse, writerId }: CommitDependencies,
): Promise<LakeVersion | undefined> {
  await storeDeadLetters(clickhouse, piece.deadLetters);
  const passed = await keepRecords(piece, records, writerId, startedAtMs);
  const files = piece.stored === 0 ? [] : await events.writeDataFiles(piece.rows);
  const summary = formatSummary(await countHeld(piece, passed, records));
  const result = await events.append({ base, files, summary, writerId, startedAtMs });
  return result.outcome === 'committed' ? result.version : undefined;
}

/**
 * Appends to the records' own table those that it does not hold: it has a tidemark of its own, because a run may end
 * between the two commits. Repeats until it has won or another compactor has written the same ones. Where something was
 * erased the tidemark moves in any case: whoever read it before it was erased finds it passed.
 *
 * @returns the table's tidemark before
 */
async function keepRecords(
  { kept, erased, summary: { tidemark } }: Piece,
  table: LakeTable,
  writerId: string,
  startedAtMs: number,
): Promise<Tidemark> {
  for (;;) {
    const base = await table.load();
    const known = parseTidemark(base.summary[OFFSETS]);
    const isAbove = ({ partition, offset }: { partition: number; offset: number }) =>
      offset >= (known.get(partition) ?? 0);
    const missing = kept.filter(({ record }) => isAbove(record));
    if (missing.length === 0 && !erased.some(isAbove)) return known;
    const files = missing.length === 0 ? [] : await table.writeDataFiles(toRecordRows(missing, table.definition));
    const summary = { [OFFSETS]: formatTidemark(furthest(known, tidemark)) };
    const result = await table.append({ base, files, summary, writerId, startedAtMs });
    if (result.outcome === 'committed') return known;
  }
}

const OFFSETS = 'tidemark.offsets';

/** Another compactor's piece may have reached further than this one. */
function furthest(known: Tidemark, reached: Tidemark): Tidemark {
  const next = new Map(known);
  for (const [partition, offset] of reached) next.set(partition, Math.max(next.get(partition) ?? 0, offset));
  return next;
}
