import { type Completeness, latestOf } from '../completeness/read-completeness.ts';
import type { Meta } from './schemas.ts';

/** What an answer says of itself: how complete it is, and what it cost. */
export function toMeta(
  topic: string,
  { publication, realtimeThrough, lagRecords, rejected, quality }: Completeness,
  { elapsedMs, rowsRead }: { elapsedMs: number; rowsRead: number },
): Meta {
  return {
    historical_through: publication.historicalThrough,
    // A snapshot that was published since says more than was known before it.
    realtime_through: latestOf([realtimeThrough, publication.historicalThrough]),
    snapshot: publication.snapshot,
    tidemark: { [topic]: Object.fromEntries(publication.tidemark) },
    lag_records: lagRecords,
    open_gaps: publication.openGaps,
    rejected,
    quality,
    elapsed_ms: elapsedMs,
    rows_read: rowsRead,
  };
}
