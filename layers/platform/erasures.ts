import type { ClickHouse } from './clickhouse.ts';
import type { Clock } from './clock.ts';
import type { Tidemark } from './tidemark.ts';

/** An erasure as it was asked for; see sql/platform/erasures.sql. */
export interface StoredErasure {
  readonly id: string;
  readonly stream: string;
  readonly column: string;
  readonly salt: string;
  readonly subjectHash: string;
  readonly ends: Tidemark;
  readonly positions: readonly (readonly [partition: number, offset: number])[];
}

/** How far an erasure has come. */
export interface ErasureState extends StoredErasure {
  readonly status: ErasureStatus;
  readonly snapshot: number;
  readonly recordsSnapshot: number;
  /** ISO 8601, UTC. */
  readonly requestedAt: string;
}

export type ErasureStatus = 'requested' | 'vanished' | 'finished';

interface ErasureRow {
  readonly id: string;
  readonly subject_column: string;
  readonly salt: string;
  readonly subject_hash: string;
  readonly ends: Record<string, number>;
  readonly positions: readonly { readonly partition: number; readonly offset: number }[];
  readonly status: ErasureStatus;
  readonly snapshot: number;
  readonly records_snapshot: number;
  readonly requested_at: string;
}

/** Every erasure of a stream, finished or not, oldest first. @throws ClickHouseUnavailable */
export async function readErasures(clickhouse: ClickHouse, stream: string): Promise<ErasureState[]> {
  const { rows } = await clickhouse.query<ErasureRow>(
    `SELECT erasure_id AS id, any(subject_column) AS subject_column, any(salt) AS salt,
       any(subject_hash) AS subject_hash, any(erasures.ends) AS ends, any(erasures.positions) AS positions,
       argMax(erasures.status, (erasures.status = 'finished', erasures.status = 'vanished')) AS status,
       max(erasures.snapshot) AS snapshot, max(erasures.records_snapshot) AS records_snapshot,
       min(written_at) AS requested_at
     FROM tidemark.erasures AS erasures WHERE stream = {stream:String} GROUP BY erasure_id ORDER BY requested_at, id`,
    { stream },
  );
  return rows.map(({ subject_column, subject_hash, ends, positions, records_snapshot, requested_at, ...row }) => ({
    ...row,
    stream,
    column: subject_column,
    subjectHash: subject_hash,
    ends: new Map(Object.entries(ends).map(([partition, end]) => [Number(partition), end])),
    positions: positions.map(({ partition, offset }) => [partition, offset] as const),
    recordsSnapshot: records_snapshot,
    requestedAt: requested_at,
  }));
}

/** Adds a row to the history of an erasure. */
export async function storeErasureStep(
  clickhouse: ClickHouse,
  erasure: StoredErasure,
  step: Pick<ErasureState, 'status' | 'snapshot' | 'recordsSnapshot'> & { readonly proof?: object },
): Promise<void> {
  const { id, stream, column, salt, subjectHash, ends, positions } = erasure;
  const { status, snapshot, recordsSnapshot, proof } = step;
  await clickhouse.insert(
    'tidemark.erasures',
    [
      'erasure_id',
      'stream',
      'subject_column',
      'salt',
      'subject_hash',
      'positions',
      'ends',
      'status',
      'snapshot',
      'records_snapshot',
      'proof',
    ],
    [
      [
        id,
        stream,
        column,
        salt,
        subjectHash,
        positions.map(([partition, offset]) => ({ partition, offset })),
        Object.fromEntries(ends),
        status,
        snapshot,
        recordsSnapshot,
        proof === undefined ? '' : JSON.stringify(proof),
      ],
    ],
  );
}

/** A record that an erasure has. */
export interface ErasedPosition {
  readonly partition: number;
  readonly offset: number;
  readonly erasureId: string;
}

/** Notes records as erased; doing it again changes nothing. @throws ClickHouseUnavailable */
export async function noteErased(
  clickhouse: ClickHouse,
  stream: string,
  erased: readonly ErasedPosition[],
): Promise<void> {
  const rows = erased.map(({ partition, offset, erasureId }) => [stream, partition, offset, erasureId]);
  await clickhouse.insert('tidemark.erased_positions', ['stream', '_partition', '_offset', 'erasure_id'], rows);
}

/** SELECT of the `(_partition, _offset)` of a stream's erased records. */
export function selectErasedPositions(stream: string): string {
  return `SELECT toInt32(_partition), toInt64(_offset) FROM tidemark.erased_positions WHERE stream = '${stream}'`;
}

/** The erased offsets of a partition as ranges, in order and disjoint: `from` inclusive, `to` exclusive. */
export async function readErasedRanges(
  clickhouse: ClickHouse,
  stream: string,
  partition: number,
): Promise<{ readonly from: number; readonly to: number; readonly isFinished: boolean }[]> {
  const { rows } = await clickhouse.query<{ from: number; to: number; is_finished: boolean }>(
    `SELECT min(offset) AS from, max(offset) + 1 AS to, is_finished FROM (
       SELECT offset, is_finished, offset - row_number() OVER (PARTITION BY is_finished ORDER BY offset) AS island FROM (
         SELECT _offset AS offset, max(erasure_id IN (
             SELECT erasure_id FROM tidemark.erasures WHERE stream = {stream:String} AND status = 'finished'
           ))::Bool AS is_finished
         FROM tidemark.erased_positions
         WHERE stream = {stream:String} AND _partition = {partition:Int32} GROUP BY offset))
     GROUP BY is_finished, island ORDER BY from`,
    { stream, partition },
  );
  return rows.map(({ is_finished: isFinished, ...range }) => ({ ...range, isFinished }));
}

/** The speed layer asks so seldom: an erasure takes its rows away again a quarter of an hour later at the earliest. */
const MAX_AGE_MS = 30_000;

/** Makes the function that gives a stream's erasures, not older than half a minute. */
export function createErasureSource(clickhouse: ClickHouse, stream: string, clock: Clock) {
  let known: { readonly erasures: readonly ErasureState[]; readonly readAtMs: number } | undefined;
  return async function readCached(): Promise<readonly ErasureState[]> {
    const nowMs = clock();
    if (known === undefined || nowMs - known.readAtMs >= MAX_AGE_MS || nowMs < known.readAtMs) {
      known = { erasures: await readErasures(clickhouse, stream), readAtMs: nowMs };
    }
    return known.erasures;
  };
}
