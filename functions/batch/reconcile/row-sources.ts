import type { Column, Stream } from '@tidemark/domains/stream';
import { type OffsetRanges, rangesCondition } from '@tidemark/platform/tidemark';

/** What a reconciliation reads: the pinned lake tables, and the part of the log that both layers ought to hold. */
export interface PinnedSources {
  /** `lake.<table>` of the events. */
  readonly events: string;
  /** `lake.<table>` of the records that are kept as received: dead letters, or all of them in a bronze table. */
  readonly records: string;
  /** Offsets whose content is compared. */
  readonly compared: OffsetRanges;
  /** The hot table need not have older records: milliseconds since 1970 UTC. */
  readonly hotSinceMs: number;
}

/** Which table a row of the union is from. */
export const KIND = { lake: 0, refused: 1, received: 2, hot: 3, hotRefused: 4 } as const;

/**
 * SELECT of the rows of every table that may hold an offset of the ranges: `partition`, `offset`, `kind`, `hash` of the
 * content by one expression for both layers, and `is_compared`.
 *
 * @param ranges what to read
 * @param belowTidemark the part of it that the lake's records are read for: they are committed before the events
 */
export function selectRows(
  stream: Stream,
  sources: PinnedSources,
  ranges: OffsetRanges,
  belowTidemark: OffsetRanges,
): string {
  const within = rangesCondition(ranges);
  const compared = rangesCondition(sources.compared);
  const isRecent = `_timestamp >= fromUnixTimestamp64Milli(toInt64(${sources.hotSinceMs}), 'UTC')`;
  const isBronze = stream.bronzeTable !== undefined;
  const reason = isBronze ? 'verdict' : 'reason';
  const eventHash = hashOf(stream.columns.map(canonicalValue));
  const deadLetters = `stream = '${stream.name}' AND topic = '${stream.topic}'`;
  const branches = [
    selectKind(KIND.lake, eventHash, `${isRecent} AND ${compared}`, sources.events, within),
    selectKind(
      isBronze ? `if(verdict = 'valid', ${KIND.received}, ${KIND.refused})` : KIND.refused,
      recordHash(reason, HEADERS_OF_LAKE),
      compared,
      sources.records,
      rangesCondition(belowTidemark),
    ),
    selectKind(
      KIND.hot,
      eventHash,
      `${isRecent} AND ${compared}`,
      `${stream.database}.${stream.hotTable} FINAL`,
      within,
    ),
    selectKind(
      KIND.hotRefused,
      recordHash('reason', HEADERS_OF_CLICKHOUSE),
      compared,
      'tidemark.dead_letters FINAL',
      `${deadLetters} AND ${within}`,
    ),
  ];
  return branches.join('\nUNION ALL\n');
}

const HEADERS_OF_LAKE = "toString(JSONExtract(headers, 'Array(Tuple(String, Nullable(String)))'))";
const HEADERS_OF_CLICKHOUSE = "toString(CAST(headers, 'Array(Tuple(String, Nullable(String)))'))";

function selectKind(kind: number | string, hash: string, isCompared: string, table: string, where: string): string {
  return (
    `SELECT toInt32(_partition) AS partition, toInt64(_offset) AS offset, toUInt8(${kind}) AS kind, ${hash} AS hash, ` +
    `toUInt8(${isCompared}) AS is_compared FROM ${table} WHERE ${where}`
  );
}

function recordHash(reason: string, headers: string): string {
  const bytes = (name: string) => `isNull(${name}), ifNull(CAST(${name}, 'Nullable(String)'), '')`;
  const timestamp = "toUnixTimestamp64Milli(CAST(_timestamp, 'DateTime64(3, \\'UTC\\')'))";
  return hashOf([POSITION, timestamp, `toString(${reason})`, 'detail', bytes('key'), bytes('value'), headers]);
}

const POSITION = 'toInt64(_partition), toInt64(_offset)';

function hashOf(values: readonly string[]): string {
  return `cityHash64(${values.join(', ')})`;
}

/** The same value for the hot table's and the lake's type of a column. */
function canonicalValue({ name, type, required }: Column<unknown>): string {
  const target = type === 'timestamptz' ? "DateTime64(3, 'UTC')" : (CLICKHOUSE_TYPES[type] ?? toDecimal(type));
  const quoted = (required ? target : `Nullable(${target})`).replaceAll("'", "\\'");
  const value = `CAST(${name}, '${quoted}')`;
  return required ? value : `isNull(${name}), ifNull(toString(${value}), '')`;
}

const CLICKHOUSE_TYPES: Readonly<Record<string, string>> = { int: 'Int32', long: 'Int64', string: 'String' };

function toDecimal(type: string): string {
  return type.replace('decimal', 'Decimal');
}
