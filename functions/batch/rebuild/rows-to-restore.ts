import type { Stream } from '@tidemark/domains/stream';
import type { OffsetRanges } from '@tidemark/platform/tidemark';
import { rangesCondition } from '@tidemark/platform/tidemark';

/** Where the lake's rows are read, and which of them the speed layer ought to have. */
export interface LakeRowsSource {
  /** `lake.<table>` of the events. */
  readonly events: string;
  /** `lake.<table>` of the records that are kept as received. */
  readonly records: string;
  /** Rows of older records need not be hot: milliseconds since 1970 UTC. */
  readonly hotSinceMs: number;
}

const MANY_PARTITIONS = 'SETTINGS max_partitions_per_insert_block = 0';

/** INSERT of the events of some ranges that the hot table has not; a row that is there is left as it is. */
export function restoreEvents(
  stream: Stream,
  { events, hotSinceMs }: LakeRowsSource,
  ranges: OffsetRanges,
  into: string,
) {
  const names = stream.columns.map(({ name }) => `\`${name}\``).join(', ');
  return {
    insert: `INSERT INTO ${into} (${names}) SELECT ${names} ${fromMissing()} ${MANY_PARTITIONS}`,
    count: `SELECT count() AS rows ${fromMissing()}`,
  };

  function fromMissing(): string {
    const within = rangesCondition(ranges);
    return (
      `FROM ${events} WHERE ${within} AND _timestamp >= fromUnixTimestamp64Milli(toInt64(${hotSinceMs}), 'UTC') ` +
      `AND (toInt32(_partition), toInt64(_offset)) NOT IN (SELECT _partition, _offset FROM ${into} WHERE ${within})`
    );
  }
}

/** INSERT of the dead letters of some ranges that ClickHouse has not. */
export function restoreDeadLetters(stream: Stream, { records }: LakeRowsSource, ranges: OffsetRanges) {
  const isBronze = stream.bronzeTable !== undefined;
  const reason = isBronze ? 'verdict' : 'reason';
  const within = rangesCondition(ranges);
  const own = `stream = '${stream.name}' AND topic = '${stream.topic}'`;
  const from =
    `FROM ${records} WHERE ${within}${isBronze ? " AND verdict != 'valid'" : ''} ` +
    'AND (toUInt32(_partition), toUInt64(_offset)) NOT IN ' +
    `(SELECT _partition, _offset FROM tidemark.dead_letters WHERE ${own} AND ${within})`;
  const headers = "JSONExtract(headers, 'Array(Tuple(String, Nullable(String)))')";
  const timestamp = "CAST(_timestamp, 'DateTime64(3, \\'UTC\\')')";
  return {
    // Nobody knows any more when the first copy was seen; not before it was appended.
    insert:
      'INSERT INTO tidemark.dead_letters ' +
      '(stream, topic, _partition, _offset, _timestamp, reason, detail, key, value, headers, first_seen) ' +
      `SELECT '${stream.name}', topic, toUInt32(_partition), toUInt64(_offset), ${timestamp}, ${reason}, detail, key, ` +
      `value, ${headers}, ${timestamp} ${from} ${MANY_PARTITIONS}`,
    count: `SELECT count() AS rows ${from}`,
  };
}
