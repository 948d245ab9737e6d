import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import { hotTailCondition } from '@tidemark/platform/tidemark';
import { readQuality } from '../quality/read-quality.ts';
import type { QualityState } from '../quality/schemas.ts';
import type { LogPosition, ReadLogPositions } from './log-positions.ts';
import { type PublishedSnapshot, readPublication } from './read-publication.ts';

/** How complete an answer is. Times are Kafka record timestamps, ISO 8601, UTC. */
export interface Completeness {
  /** The newest published snapshot. */
  readonly publication: PublishedSnapshot;
  /** Everything up to here is counted by whoever reads later; null where nothing can be said. */
  readonly realtimeThrough: string | null;
  /** Records that the trigger has not delivered; null where Kafka does not say. */
  readonly lagRecords: number | null;
  readonly rejected: number;
  readonly positions: readonly LogPosition[] | undefined;
  /** Of the stream's newest data. */
  readonly quality: QualityState;
}

export type ReadCompleteness = (stream: Stream) => Promise<Completeness>;

export interface CompletenessDependencies {
  readonly clickhouse: ClickHouse;
  readonly readLogPositions: ReadLogPositions;
  readonly clock: Clock;
}

/** What is known may be so old: a dashboard with many tiles asks once. */
const MAX_AGE_MS = 1000;

/**
 * Makes the function that says how complete a stream's answers are. To be called before the rows of an answer are read:
 * then the rows hold at least what it says.
 */
export function createCompletenessReader(deps: CompletenessDependencies): ReadCompleteness {
  const known = new Map<string, { completeness: Completeness; readAtMs: number }>();
  const reading = new Map<string, Promise<Completeness>>();

  return async function readCompleteness(stream) {
    const last = known.get(stream.name);
    if (last !== undefined && deps.clock() - last.readAtMs < MAX_AGE_MS) return last.completeness;
    const completeness = reading.get(stream.name) ?? readNow(stream);
    reading.set(stream.name, completeness);
    return completeness;
  };

  async function readNow(stream: Stream): Promise<Completeness> {
    try {
      const completeness = await assembleCompleteness(stream, deps);
      known.set(stream.name, { completeness, readAtMs: deps.clock() });
      return completeness;
    } finally {
      reading.delete(stream.name);
    }
  }
}

async function assembleCompleteness(
  stream: Stream,
  { clickhouse, readLogPositions }: CompletenessDependencies,
): Promise<Completeness> {
  const publication = await readPublication(clickhouse, stream.name, undefined);
  const lastDelivered = await readLastDelivered(clickhouse, stream, publication);
  // After the tail's newest rows: a partition without lag now has delivered whatever was older than they are.
  const positions = await readLogPositions(stream);
  // After the positions: whoever reads that nothing lags finds all of it counted.
  const [rejected, quality] = await Promise.all([
    countDeadLetters(clickhouse, stream),
    readQuality(clickhouse, stream.name),
  ]);
  return {
    publication,
    positions,
    rejected,
    realtimeThrough: findRealtimeThrough(publication, lastDelivered, positions),
    lagRecords: positions === undefined ? null : positions.reduce((sum, { lagRecords }) => sum + lagRecords, 0),
    quality: quality.status,
  };
}

async function countDeadLetters(clickhouse: ClickHouse, { name }: Stream): Promise<number> {
  const { rows } = await clickhouse.query<{ records: number }>(
    'SELECT count() AS records FROM tidemark.dead_letters FINAL WHERE stream = {stream:String}',
    { stream: name },
  );
  return rows[0]?.records ?? 0;
}

/** ISO 8601, UTC, by partition: the newest row of the hot tail. */
type LastDelivered = ReadonlyMap<number, string>;

async function readLastDelivered(
  clickhouse: ClickHouse,
  { database, hotTable }: Stream,
  { tidemark }: PublishedSnapshot,
): Promise<LastDelivered> {
  const { rows } = await clickhouse.query<{ partition: number; last: string }>(
    `SELECT _partition AS partition, max(_timestamp) AS last
     FROM ${database}.${hotTable} WHERE ${hotTailCondition(tidemark)} GROUP BY _partition`,
  );
  return new Map(rows.map(({ partition, last }) => [partition, last]));
}

/**
 * The last delivered timestamp, the minimum over the partitions that are behind; where none is, all are idle and the
 * newest event counts. Where Kafka is silent, nobody knows which are behind: only what the lake says is sure.
 */
function findRealtimeThrough(
  { historicalThrough }: PublishedSnapshot,
  lastDelivered: LastDelivered,
  positions: readonly LogPosition[] | undefined,
): string | null {
  if (positions === undefined) return historicalThrough;
  const behind = positions.filter(({ lagRecords }) => lagRecords > 0);
  if (behind.length === 0) return latestOf([historicalThrough, ...lastDelivered.values()]);
  const times = behind.map(({ partition }) => latestOf([historicalThrough, lastDelivered.get(partition) ?? null]));
  const known = times.filter((time) => time !== null).sort();
  return known.length < times.length ? null : (known[0] ?? null);
}

/** ISO 8601 in UTC and of one length: text order is time order. */
export function latestOf(times: readonly (string | null)[]): string | null {
  return (
    times
      .filter((time) => time !== null)
      .sort()
      .at(-1) ?? null
  );
}
