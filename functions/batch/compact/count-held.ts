import type { LakeRows } from '@tidemark/platform/lake/definition';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { Tidemark } from '@tidemark/platform/tidemark';
import type { Piece } from './read-piece.ts';
import type { SnapshotSummary } from './snapshot-summary.ts';

/**
 * The summary of a piece, with the erased records that the records' table holds nevertheless, from a compactor that
 * ended between its two commits before they were erased: they count as what they are, and the erasure, which takes them
 * from that table, subtracts them.
 *
 * @param passed the tidemark of the records' table before the piece: what lies above it was not held
 */
export async function countHeld(
  { erased, summary }: Piece,
  passed: Tidemark,
  records: LakeTable,
): Promise<SnapshotSummary> {
  const below = erased.filter(({ partition, offset }) => offset < (passed.get(partition) ?? 0));
  if (below.length === 0) return summary;
  const wanted = new Set(below.map(({ partition, offset }) => `${partition}:${offset}`));
  const rejected = new Map(summary.rejected);
  const repeated = new Map(summary.repeated);
  const search = {
    base: await records.load(),
    isErased: (rows: LakeRows, row: number) => wanted.has(`${rows._partition?.[row]}:${rows._offset?.[row]}`),
  };
  for await (const { rows, erased: found } of records.findTouchedFiles(search)) {
    for (const row of found) {
      const counts = rows.verdict?.[row] === 'valid' ? repeated : rejected;
      const partition = Number(rows._partition?.[row]);
      counts.set(partition, (counts.get(partition) ?? 0) + 1);
    }
  }
  return { ...summary, rejected, repeated };
}
