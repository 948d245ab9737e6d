import registerConflictsSql from '../../sql/platform/templates/register_conflicts.sql';
import registerIdentitiesSql from '../../sql/platform/templates/register_identities.sql';
import type { ClickHouse } from './clickhouse.ts';
import { selectErasedPositions } from './erasures.ts';
import { hashOfId } from './id-hash.ts';
import { LAKE_COLLECTION, type Pin, type PinnableVersion } from './publication.ts';
import { renderTemplate } from './render-template.ts';
import {
  belowTidemarkCondition,
  type OffsetRanges,
  rangesBetween,
  rangesCondition,
  type Tidemark,
} from './tidemark.ts';

/** How a stream's events carry an id: see `EventIdentity` of the domains. */
interface Identity {
  readonly column: string;
  readonly contentColumn: string;
  readonly horizonMs: number;
}

export interface Registration {
  readonly identity: Identity;
  /** The version to be registered: its number, its tidemark and the table that reads it. */
  readonly pin: Pin;
  /** Kafka timestamp up to which the version is complete; undefined while nothing can be said. */
  readonly historicalThroughMs: number | undefined;
  /** Gives the stream's bronze table at or beyond the version; undefined where the stream has none. */
  loadBronze(): Promise<PinnableVersion | undefined>;
}

/** Repeats may come so much later than Kafka's timestamps tell, on topics whose producers set them. */
const RETENTION_MARGIN_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Makes the ids that a version counts known to the views pinned at it, and lists the conflicts of its repeats. To be
 * called before the version is published and before records above it are judged; doing it again changes nothing.
 */
export async function registerIdentities(clickhouse: ClickHouse, registration: Registration): Promise<void> {
  const { identity, pin, loadBronze } = registration;
  const { stream, snapshot, tidemark } = pin;
  const ranges = rangesBetween(await findRegistered(clickhouse, registration), tidemark);
  if (ranges.size === 0) return;
  await clickhouse.command(renderInsert(registration, keptCondition(registration, ranges)));
  const bronze = await loadBronze();
  if (bronze !== undefined) {
    const values = {
      stream: stream.name,
      bronze: readVersionSql(bronze),
      horizon_ms: String(identity.horizonMs),
      range: rangesCondition(ranges),
      below_tidemark: belowTidemarkCondition(tidemark),
      id_hash: hashOfId('assumeNotNull(event_id)'),
    };
    await clickhouse.command(renderTemplate(registerConflictsSql, values));
  }
  await dropOldIdentities(clickhouse, stream.name, keepFromMs(registration));
  await clickhouse.insert(
    'tidemark.identity_registrations',
    ['stream', 'snapshot', 'tidemark'],
    [[stream.name, snapshot, Object.fromEntries(tidemark)]],
  );
}

/**
 * Up to where the ids are there: nowhere, where the table has none though the lake counts events that it would keep. So
 * a table that was lost and made anew is filled again before anything is judged by it.
 */
async function findRegistered(clickhouse: ClickHouse, registration: Registration): Promise<Tidemark> {
  const { stream, lakeTable } = registration.pin;
  const registered = await readRegisteredTidemark(clickhouse, stream.name);
  const anyId = 'SELECT 1 FROM tidemark.event_identities WHERE stream = {stream:String} LIMIT 1';
  const { rows: known } = await clickhouse.query(anyId, { stream: stream.name });
  if (registered.size === 0 || known.length > 0) return registered;
  const kept = keptCondition(registration, rangesBetween(new Map(), registered));
  const { rows: lost } = await clickhouse.query(`SELECT 1 FROM ${lakeTable} WHERE ${kept} LIMIT 1`);
  return lost.length > 0 ? new Map() : registered;
}

type LakeIdentities = Omit<Registration, 'loadBronze'>;

/** INSERT of the identities of some ranges that were registered and are not there any more, and how many those are. */
export function restoreIdentities(lake: LakeIdentities, ranges: OffsetRanges): { insert: string; count: string } {
  const known =
    'SELECT _partition, _offset FROM tidemark.event_identities ' +
    `WHERE stream = '${lake.pin.stream.name}' AND ${rangesCondition(ranges)}`;
  const position = '(toInt32(_partition), toInt64(_offset))';
  const erased = selectErasedPositions(lake.pin.stream.name);
  const missing = `${keptCondition(lake, ranges)} AND ${position} NOT IN (${known}) AND ${position} NOT IN (${erased})`;
  return {
    insert: renderInsert(lake, missing),
    count: `SELECT count() AS rows FROM ${lake.pin.lakeTable} WHERE ${missing}`,
  };
}

function renderInsert({ identity, pin }: LakeIdentities, where: string): string {
  return renderTemplate(registerIdentitiesSql, {
    stream: pin.stream.name,
    id: `\`${identity.column}\``,
    content: `\`${identity.contentColumn}\``,
    lake_table: pin.lakeTable,
    where,
  });
}

function keptCondition(lake: LakeIdentities, ranges: OffsetRanges): string {
  const isKept = `_timestamp >= fromUnixTimestamp64Milli(toInt64(${keepFromMs(lake)}), 'UTC')`;
  return `${rangesCondition(ranges)} AND ${isKept}`;
}

/** Identities of older records are dropped. */
function keepFromMs({ identity, historicalThroughMs }: LakeIdentities): number {
  return Math.max(0, (historicalThroughMs ?? 0) - identity.horizonMs - RETENTION_MARGIN_MS);
}

export interface CountedQuestion {
  readonly stream: string;
  readonly horizonMs: number;
  /** Of the version that the records continue: only what lies below it counts. */
  readonly tidemark: Tidemark;
  readonly ids: readonly string[];
  /** The earliest of the records' Kafka timestamps, milliseconds since 1970 UTC. */
  readonly firstMs: number;
}

/**
 * Reads which of the ids the lake counts, and when: Kafka timestamps, milliseconds since 1970 UTC. All of the version's
 * identities must be registered.
 */
export async function findCountedTimes(
  clickhouse: ClickHouse,
  { stream, horizonMs, tidemark, ids, firstMs }: CountedQuestion,
): Promise<Map<string, number[]>> {
  const counted = new Map<string, number[]>();
  if (tidemark.size === 0) return counted;
  for (const literal of toLiterals(ids)) {
    const { rows } = await clickhouse.query<{ event_id: string; counted_at: number }>(
      `SELECT event_id, toUnixTimestamp64Milli(_timestamp) AS counted_at FROM tidemark.event_identities
       PREWHERE id_hash IN (SELECT ${hashOfId(`arrayJoin(JSONExtract(${literal}, 'Array(String)'))`)})
       WHERE stream = {stream:String} AND ${belowTidemarkCondition(tidemark)} AND
         _timestamp > fromUnixTimestamp64Milli({after:Int64}, 'UTC')`,
      { stream, after: Math.max(0, firstMs - horizonMs) },
    );
    for (const { event_id, counted_at } of rows) counted.set(event_id, [...(counted.get(event_id) ?? []), counted_at]);
  }
  return counted;
}

/** A statement may have 256 KB (`max_query_size`). */
const MAX_LITERAL_BYTES = 200_000;

/** The ids as JSON arrays in SQL strings, each short enough for a statement. */
function* toLiterals(ids: readonly string[]): Generator<string> {
  let chunk: string[] = [];
  let bytes = 0;
  for (const id of ids) {
    const text = JSON.stringify(id).replace(/[\\']/g, '\\$&');
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > MAX_LITERAL_BYTES) {
      yield `'[${chunk.join(',')}]'`;
      chunk = [];
      bytes = Buffer.byteLength(text) + 1;
    }
    chunk.push(text);
  }
  if (chunk.length > 0) yield `'[${chunk.join(',')}]'`;
}

/** Up to where `tidemark.event_identities` is said to hold what the lake counts. */
export async function readRegisteredTidemark(clickhouse: ClickHouse, stream: string): Promise<Tidemark> {
  const { rows } = await clickhouse.query<{ tidemark: Record<string, number> }>(
    `SELECT tidemark FROM tidemark.identity_registrations WHERE stream = {stream:String}
     ORDER BY snapshot DESC LIMIT 1`,
    { stream },
  );
  return new Map(Object.entries(rows[0]?.tidemark ?? {}).map(([partition, offset]) => [Number(partition), offset]));
}

/** One read needs no table of its own. */
function readVersionSql({ location, metadataKey }: PinnableVersion): string {
  const metadataFile = metadataKey.slice(location.length);
  return `icebergS3(${LAKE_COLLECTION}, filename = '${location}', SETTINGS iceberg_metadata_file_path = '${metadataFile}')`;
}

/** Drops the weeks that lie wholly before the moment; the partition of a week is named by its Monday. */
async function dropOldIdentities(clickhouse: ClickHouse, stream: string, keepFromMs: number): Promise<void> {
  const { rows } = await clickhouse.query<{ partition_id: string }>(
    `SELECT DISTINCT partition_id FROM system.parts
     WHERE database = 'tidemark' AND table = 'event_identities' AND active AND
       startsWith(partition, concat('(\\'', {stream:String}, '\\',')) AND
       toDate(extract(partition, '\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d')) + 7 <= toDate(fromUnixTimestamp64Milli({keepFrom:Int64}, 'UTC'))`,
    { stream, keepFrom: keepFromMs },
  );
  for (const { partition_id } of rows) {
    await clickhouse.command(`ALTER TABLE tidemark.event_identities DROP PARTITION ID '${partition_id}'`);
  }
}
