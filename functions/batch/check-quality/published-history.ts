import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Tidemark } from '@tidemark/platform/tidemark';

export interface PublishedTidemark {
  readonly snapshot: number;
  readonly tidemark: Tidemark;
  readonly publishedMs: number;
  /** Kafka timestamp up to which the snapshot is complete; undefined where nothing can be said. */
  readonly throughMs: number | undefined;
}

/** Which offsets a moment lies between, as the published snapshots tell. */
export interface PublishedHistory {
  readonly newest: PublishedTidemark | undefined;
  /** The newest snapshot that was published before a moment. */
  before(ms: number): PublishedTidemark | undefined;
  /** The oldest snapshot that is complete to a moment. */
  completeTo(ms: number): PublishedTidemark | undefined;
}

interface PublicationRow {
  readonly snapshot: number;
  readonly tidemark: Record<string, number>;
  readonly published_ms: number;
  readonly through_ms: number | null;
}

/** Reads the publications of the last eight days, one for each five minutes: a bound may be loose, never too tight. */
export async function readPublishedHistory(clickhouse: ClickHouse, stream: string): Promise<PublishedHistory> {
  const { rows } = await clickhouse.query<PublicationRow>(
    `SELECT snapshot, tidemark, toUnixTimestamp64Milli(published_at) AS published_ms,
       toUnixTimestamp64Milli(historical_through) AS through_ms
     FROM tidemark.publications FINAL
     WHERE stream = {stream:String} AND snapshot > 0 AND published_at > now64(3) - INTERVAL 8 DAY
     ORDER BY snapshot DESC LIMIT 1 BY toStartOfFiveMinutes(published_at)`,
    { stream },
  );
  const published = rows.map(({ snapshot, tidemark, published_ms, through_ms }): PublishedTidemark => {
    const offsets = Object.entries(tidemark).map(([partition, offset]) => [Number(partition), offset] as const);
    return { snapshot, tidemark: new Map(offsets), publishedMs: published_ms, throughMs: through_ms ?? undefined };
  });
  return {
    newest: published[0],
    before: (ms) => published.find(({ publishedMs }) => publishedMs < ms),
    completeTo: (ms) => published.findLast(({ throughMs }) => throughMs !== undefined && throughMs >= ms),
  };
}
