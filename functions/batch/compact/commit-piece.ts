import type { DeadLetter } from '@tidemark/domains/outcome';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { storeDeadLetters } from '@tidemark/platform/dead-letters';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { LakeVersion } from '@tidemark/platform/lake/table-version';
import type { Tidemark } from '@tidemark/platform/tidemark';
import { formatTidemark, parseTidemark } from '@tidemark/platform/tidemark';
import { toDeadLetterRows } from './lake-rows.ts';
import type { Piece } from './read-piece.ts';
import { formatSummary } from './snapshot-summary.ts';

export interface CommitDependencies {
  readonly events: LakeTable;
  readonly deadLetters: LakeTable;
  readonly clickhouse: ClickHouse;
  readonly writerId: string;
}

/**
 * Commits a piece as the next snapshot of the events table; its dead letters first, so that no offset below a tidemark
 * is unaccounted for.
 *
 * @returns the new version, or undefined where another compactor was first: nothing of the piece is visible then
 */
export async function commitPiece(
  piece: Piece,
  base: LakeVersion,
  startedAtMs: number,
  { events, deadLetters, clickhouse, writerId }: CommitDependencies,
): Promise<LakeVersion | undefined> {
  await storeDeadLetters(clickhouse, piece.deadLetters);
  await commitDeadLetters(piece, deadLetters, writerId, startedAtMs);
  const files = piece.stored === 0 ? [] : await events.writeDataFiles(piece.rows);
  const summary = formatSummary(piece.summary);
  const result = await events.append({ base, files, summary, writerId, startedAtMs });
  return result.outcome === 'committed' ? result.version : undefined;
}

/**
 * Appends to the dead letters' own table those that it does not hold: it has a tidemark of its own, because a run may
 * end between the two commits. Repeats until it has won or another compactor has written the same ones.
 */
async function commitDeadLetters(piece: Piece, table: LakeTable, writerId: string, startedAtMs: number): Promise<void> {
  for (;;) {
    const base = await table.load();
    const known = parseTidemark(base.summary[OFFSETS]);
    const missing = piece.deadLetters.filter(({ record }) => record.offset >= (known.get(record.partition) ?? 0));
    if (missing.length === 0) return;
    const files = await table.writeDataFiles(toDeadLetterRows(missing));
    const summary = { [OFFSETS]: formatTidemark(advance(known, missing)) };
    const result = await table.append({ base, files, summary, writerId, startedAtMs });
    if (result.outcome === 'committed') return;
  }
}

const OFFSETS = 'tidemark.offsets';

function advance(tidemark: Tidemark, deadLetters: readonly DeadLetter[]): Tidemark {
  const next = new Map(tidemark);
  for (const { record } of deadLetters) {
    next.set(record.partition, Math.max(next.get(record.partition) ?? 0, record.offset + 1));
  }
  return next;
}
