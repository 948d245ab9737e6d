import type { ClickHouse } from '@tidemark/platform/clickhouse';

/** Which snapshots may still be read. */
export interface Floors {
  /** The lowest snapshot that a published view shows; 0 where one shows the empty lake, or where there is no view. */
  readonly published: number;
  /** What lies below it no query can be reading: 0 until a floor has stood long enough. */
  readonly standing: number;
}

/**
 * A floor holds for what is removed once it has stood so long: longer than any query (600 s) or batch function (840 s)
 * may run, so that whatever began before the floor was raised has ended.
 */
const STANDING_MINUTES = 15;

/** Reads which snapshots the views of a stream show, and from where on things may be removed. */
export async function readFloors(clickhouse: ClickHouse, stream: string): Promise<Floors> {
  const [published, standing] = await Promise.all([
    clickhouse.query<{ lowest: number; views: number }>(
      // The refusal that every published view carries names the snapshot that it shows.
      `SELECT min(toUInt64(extract(as_select, concat('snapshot ([0-9]+) of ', {stream:String}, ' is below')))) AS lowest,
         count() AS views
       FROM system.tables
       WHERE engine = 'View' AND match(as_select, concat('snapshot [0-9]+ of ', {stream:String}, ' is below'))`,
      { stream },
    ),
    clickhouse.query<{ floor: number }>(
      `SELECT max(floor) AS floor FROM tidemark.snapshot_floors
       WHERE stream = {stream:String} AND raised_at < now64(3) - INTERVAL ${STANDING_MINUTES} MINUTE`,
      { stream },
    ),
  ]);
  const { lowest, views } = published.rows[0] ?? { lowest: 0, views: 0 };
  return { published: views === 0 ? 0 : lowest, standing: standing.rows[0]?.floor ?? 0 };
}

/**
 * Raises the floor to what every view shows by now. From then on a view of a lower snapshot refuses, such as one that a
 * publisher who stood still flips back; the next runs remove what is below.
 */
export async function raiseFloor(clickhouse: ClickHouse, stream: string, { published }: Floors): Promise<void> {
  const { rows } = await clickhouse.query<{ floor: number }>(
    'SELECT max(floor) AS floor FROM tidemark.snapshot_floors WHERE stream = {stream:String}',
    { stream },
  );
  if (published <= (rows[0]?.floor ?? 0)) return;
  await clickhouse.insert('tidemark.snapshot_floors', ['stream', 'floor'], [[stream, published]]);
}
