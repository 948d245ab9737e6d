import type { LakeVersion } from '@tidemark/platform/lake/table-version';
import type { PinnableVersion, Publication } from '@tidemark/platform/publication';
import { parseSummary, sumOf } from './snapshot-summary.ts';

/** What answers say about a version of a stream's lake table: to be stored before any view shows the version. */
export function describePublication(
  stream: string,
  version: PinnableVersion & Pick<LakeVersion, 'summary'>,
): Publication {
  const { tidemark, historicalThroughMs, stored, rejected, gaps, schemaVersion } = parseSummary(version.summary);
  return {
    stream,
    version,
    tidemark,
    historicalThroughMs,
    stored: sumOf(stored),
    rejected: sumOf(rejected),
    openGaps: gaps.reduce((sum, { offsets }) => sum + offsets, 0),
    schemaVersion,
  };
}
