import type { Stream } from '@tidemark/domains/stream';
import { type ErasureState, noteErased } from '@tidemark/platform/erasures';
import type { TouchedFile } from '@tidemark/platform/lake/erase-rows';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import { carrySummary } from '@tidemark/platform/lake/snapshot';
import type { LakeVersion } from '@tidemark/platform/lake/table-version';
import { formatTidemark, parseTidemark } from '@tidemark/platform/tidemark';
import type { CompactDependencies } from '../compact/compact-stream.ts';
import { formatSummary, parseSummary, type SnapshotSummary } from '../compact/snapshot-summary.ts';
import { letGoOfHistory } from './let-go-of-history.ts';
import type { ErasureTables } from './open-tables.ts';
import { type IsErased, matchEvents, matchRecords, positionOf, readKnownPositions } from './search-subject.ts';

/** Versions from which on the subject is in neither table. */
export interface TakenFrom {
  readonly snapshot: number;
  readonly recordsSnapshot: number;
}

type Rewritten = Omit<TouchedFile, 'rows'> & { readonly left: Awaited<ReturnType<LakeTable['writeLeftRows']>> };

interface Search {
  readonly base: LakeVersion;
  readonly touched: readonly Rewritten[];
  /** By `partition:offset`: whether the row is that of a dead letter. */
  readonly found: ReadonlyMap<string, boolean>;
}

/**
 * Rewrites the data files that hold the subject, in both tables, and follows the counts of the summary. The positions
 * are written down before the rows go. Other writers may commit meanwhile: where they replaced a file, it searches again.
 */
export async function takeFromLake(
  stream: Stream,
  erasure: ErasureState,
  { events, records }: ErasureTables,
  deps: CompactDependencies,
): Promise<TakenFrom> {
  const { clickhouse, clock, newId } = deps;
  const writerId = newId();
  for (;;) {
    const startedAtMs = clock();
    const known = await readKnownPositions(clickhouse, erasure);
    let inRecords = await search(records, matchRecords(stream, erasure, known));
    const inEvents = await search(events, matchEvents(erasure, new Set([...known, ...inRecords.found.keys()])));
    const isMissed = [...inEvents.found.keys()].some((position) => !inRecords.found.has(position));
    if (isMissed && stream.bronzeTable !== undefined) {
      const positions = new Set([...known, ...inRecords.found.keys(), ...inEvents.found.keys()]);
      inRecords = await search(records, matchRecords(stream, erasure, positions));
    }
    const positions = [...new Set([...inRecords.found.keys(), ...inEvents.found.keys()])];
    await noteErased(
      clickhouse,
      stream.name,
      positions.map((position) => toErased(position, erasure.id)),
    );

    const paths = new Set(inEvents.touched.map(({ file }) => file.path));
    await letGoOfHistory(stream, await events.findVersionsOf(paths), events, deps);
    const isCounted = parseSummary(inEvents.base.summary).erasures.includes(erasure.id);
    const isNeeded = inEvents.touched.length > 0 || (inRecords.touched.length > 0 && !isCounted);
    const common = { writerId, startedAtMs };
    const version = isNeeded
      ? await events.erase({
          ...common,
          ...inEvents,
          summarize: (base) => subtractErased(base, erasure.id, inEvents, inRecords),
        })
      : inEvents.base;
    if (version === undefined) continue;
    await letGoOfHistory(stream, await events.findVersionsOf(paths), events, deps);
    const { tidemark } = parseSummary(version.summary);
    // A compactor that began before the erasure then finds its dead letters passed.
    const recordsVersion = await records.erase({
      ...common,
      ...inRecords,
      summarize: ({ summary }) => {
        const reached = parseTidemark(summary['tidemark.offsets']);
        const further = [...tidemark].map(([p, offset]) => [p, Math.max(offset, reached.get(p) ?? 0)] as const);
        return { ...carrySummary(summary), 'tidemark.offsets': formatTidemark(new Map([...reached, ...further])) };
      },
    });
    if (recordsVersion === undefined) continue;
    return { snapshot: version.version, recordsSnapshot: recordsVersion.version };
  }
}

async function search(table: LakeTable, isErased: IsErased): Promise<Search> {
  const base = await table.load();
  const touched: Rewritten[] = [];
  const found = new Map<string, boolean>();
  for await (const { file, rows, erased } of table.findTouchedFiles({ base, isErased })) {
    for (const row of erased) {
      const verdict = rows.reason?.[row] ?? rows.verdict?.[row];
      found.set(positionOf(rows, row), verdict !== undefined && verdict !== 'valid');
    }
    touched.push({ file, erased, left: await table.writeLeftRows({ file, rows, erased }) });
  }
  return { base, touched, found };
}

/** The counts without what goes; once for each erasure, though it may be killed between the two tables. */
function subtractErased(base: LakeVersion, id: string, events: Search, records: Search): Record<string, string> {
  const before = parseSummary(base.summary);
  if (before.erasures.includes(id)) return formatSummary(before);
  const refused = [...records.found].filter(([, isRefused]) => isRefused).map(([position]) => position);
  const repeated = [...records.found]
    .filter(([position, isRefused]) => !isRefused && !events.found.has(position))
    .map(([position]) => position);
  const summary: SnapshotSummary = {
    ...before,
    stored: subtract(before.stored, [...events.found.keys()]),
    rejected: subtract(before.rejected, refused),
    repeated: subtract(before.repeated, repeated),
    erasures: [...before.erasures, id].slice(-MAX_REMEMBERED),
  };
  return formatSummary(summary);
}

/** So many erasures of a stream at once are not expected to be unfinished. */
const MAX_REMEMBERED = 50;

function subtract(counts: ReadonlyMap<number, number>, positions: readonly string[]): ReadonlyMap<number, number> {
  const left = new Map(counts);
  for (const position of positions) {
    const partition = Number(position.split(':')[0]);
    left.set(partition, Math.max(0, (left.get(partition) ?? 0) - 1));
  }
  return left;
}

function toErased(position: string, erasureId: string) {
  const [partition, offset] = position.split(':').map(Number);
  return { partition: partition ?? 0, offset: offset ?? 0, erasureId };
}
