import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import { findHourly } from '@tidemark/platform/lake/retention';
import { versionOf } from '@tidemark/platform/lake/snapshot';
import { forgetSnapshots, noteGone } from '../maintain-lake/keep-hours.ts';

/**
 * Lets time travel answer 410 for versions: those that it answers for, and full hours that it has not taken up yet. Their
 * tables stay until whoever reads them has ended.
 */
export async function letGoOfHistory(
  stream: Stream,
  versions: ReadonlySet<number>,
  events: LakeTable,
  { clickhouse }: { readonly clickhouse: ClickHouse },
): Promise<void> {
  if (versions.size === 0) return;
  const { rows } = await clickhouse.query<{ snapshot: number; is_readable: boolean }>(
    'SELECT snapshot, is_readable FROM tidemark.lake_snapshots FINAL WHERE stream = {stream:String}',
    { stream: stream.name },
  );
  const readable = rows.filter(({ snapshot, is_readable }) => is_readable && versions.has(snapshot));
  if (readable.length > 0) {
    await forgetSnapshots(
      stream,
      readable.map(({ snapshot }) => snapshot),
      clickhouse,
    );
  }
  const recorded = new Set(rows.map(({ snapshot }) => snapshot));
  for (const snapshot of findHourly(await events.load(), 0)) {
    const version = versionOf(snapshot);
    if (versions.has(version) && !recorded.has(version)) await noteGone(stream, version, snapshot, clickhouse);
  }
}
