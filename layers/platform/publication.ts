import type { ClickHouse } from './clickhouse.ts';
import { type HotStream, hotEventsExpression } from './hot-events.ts';
import { renderTemplate } from './render-template.ts';
import { formatTidemark, type Tidemark } from './tidemark.ts';

/** The bucket of the lake, its endpoint and credentials: a named collection, so that no secret stands in any DDL. */
export const LAKE_COLLECTION = 'tidemark_lake';

/** What ties a view to one snapshot: its rows below the tidemark, and the hot rows from it. */
export interface Pin {
  readonly stream: HotStream;
  /** Version of the lake table; 0 before there is one. */
  readonly snapshot: number;
  readonly tidemark: Tidemark;
  /** `lake.<table>`, which reads this snapshot for ever. */
  readonly lakeTable: string;
}

/** The part of a lake version that a pinned table needs. */
export interface PinnableVersion {
  readonly version: number;
  /** The table's key prefix within the bucket, with a slash at its end. */
  readonly location: string;
  readonly metadataKey: string;
}

/**
 * Creates the ClickHouse table that reads one version of a lake table in place, unless it is there.
 *
 * The engine takes the metadata file as a setting of the table: a setting of a SELECT would be ignored in a branch of
 * UNION ALL.
 */
export async function pinLakeTable(clickhouse: ClickHouse, stream: string, version: PinnableVersion): Promise<string> {
  const { location, metadataKey } = version;
  const tableId = location.replace(/\/$/, '').slice(-8);
  const name = `lake.${stream}_v${version.version}_${tableId}`;
  const metadataFile = metadataKey.slice(location.length);
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${name} ENGINE = IcebergS3(${LAKE_COLLECTION}, filename = '${location}') ` +
      `SETTINGS iceberg_metadata_file_path = '${metadataFile}'`,
  );
  return name;
}

/**
 * Drops the pinned tables of versions that were published over ten minutes ago and have been replaced: no query runs so
 * long, and a publisher that stood still so long fails instead of going back. The lake's files stay.
 */
export async function dropOldPins(clickhouse: ClickHouse, stream: string, published: number): Promise<void> {
  const { rows } = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = 'lake' AND match(name, concat('^', {stream:String}, '_v[0-9]+_')) AND
       toUInt64OrZero(extract(name, '_v([0-9]+)_[^_]*$')) IN (
         SELECT snapshot FROM tidemark.publications
         WHERE stream = {stream:String} AND snapshot < {published:UInt64}
         GROUP BY snapshot HAVING max(published_at) < now64(3) - INTERVAL 10 MINUTE)`,
    { stream, published },
  );
  for (const { name } of rows) await clickhouse.command(`DROP TABLE IF EXISTS lake.${name}`);
}

/** Creates the empty table that stands for the lake before its first version. */
export async function pinEmptyLake(clickhouse: ClickHouse, stream: HotStream): Promise<Pin> {
  const lakeTable = `lake.${stream.name}_v0`;
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${lakeTable} AS ${stream.database}.${stream.hotTable} ENGINE = Null`,
  );
  return { stream, snapshot: 0, tidemark: new Map(), lakeTable };
}

/**
 * Flips a view to a snapshot: one statement changes file set and tidemark together.
 *
 * @param more values of placeholders beside those of the pin
 */
export async function publishView(
  clickhouse: ClickHouse,
  template: string,
  pin: Pin,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await clickhouse.command(renderTemplate(template, { ...placeholdersOf(pin), ...more }));
}

/** A gold table as publication sees it. */
export interface PublishedGold {
  readonly contribution: string;
  readonly view: string;
}

/** Flips a live gold view: the named segments, and what the hot tail of the pin contributes. */
export async function publishGold(
  clickhouse: ClickHouse,
  { contribution, view }: PublishedGold,
  pin: Pin,
  segments: readonly string[],
): Promise<void> {
  const events = hotEventsExpression(pin.stream, pin.tidemark);
  await publishView(clickhouse, view, pin, {
    segments: segments.map((segment) => `toUUID('${segment}')`).join(', ') || 'NULL',
    hot_contribution: renderTemplate(contribution, { events, range: 'true' }),
  });
}

function placeholdersOf({ stream, snapshot, tidemark, lakeTable }: Pin) {
  const { name } = stream;
  const refusal = `snapshot ${snapshot} of ${name} is below the floor: send the query again`;
  return {
    snapshot: String(snapshot),
    lake_table: lakeTable,
    hot_events: hotEventsExpression(stream, tidemark),
    // A scalar subquery is evaluated whatever the rest of the query reads, so that a stale view can never answer.
    is_readable:
      `(SELECT throwIf(max(floor) > ${snapshot}, '${refusal}') ` +
      `FROM tidemark.snapshot_floors WHERE stream = '${name}') = 0`,
  };
}

/** What a snapshot holds, for the answers that name it. */
export interface Publication {
  readonly stream: string;
  readonly version: PinnableVersion;
  readonly tidemark: Tidemark;
  /** Kafka timestamp, milliseconds since 1970 UTC; undefined while the lake is empty. */
  readonly historicalThroughMs: number | undefined;
  readonly stored: number;
  readonly rejected: number;
  readonly openGaps: number;
  readonly schemaVersion: number;
}

/** Makes a snapshot known; to be called before any view shows it. Repeating it changes nothing. */
export async function storePublication(clickhouse: ClickHouse, publication: Publication): Promise<void> {
  const { stream, version, tidemark, historicalThroughMs, stored, rejected, openGaps, schemaVersion } = publication;
  const { location, metadataKey } = version;
  await clickhouse.insert(
    'tidemark.publications',
    [
      'stream',
      'snapshot',
      'location',
      'metadata_file',
      'tidemark',
      'historical_through',
      'stored',
      'rejected',
      'open_gaps',
      'schema_version',
    ],
    [
      [
        stream,
        version.version,
        location,
        metadataKey.slice(location.length),
        JSON.parse(formatTidemark(tidemark)),
        historicalThroughMs ?? null,
        stored,
        rejected,
        openGaps,
        schemaVersion,
      ],
    ],
  );
}
