import { formatTidemark, parseTidemark, type Tidemark } from '@tidemark/platform/tidemark';

/** The last record below the tidemark of a partition: it tells whether the topic is still the same one. */
export interface LastRecord {
  readonly offset: number;
  /** SHA-256 of timestamp, key and value. */
  readonly hash: string;
  /** Kafka timestamp, milliseconds since 1970 UTC. */
  readonly timestamp: number;
}

/** Offsets of a partition that are in no table: Kafka had deleted them before either layer stored them. */
export interface Gap {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly offsets: number;
}

/** What a snapshot of a stream says about itself, beside Iceberg's own counts. */
export interface SnapshotSummary {
  readonly tidemark: Tidemark;
  /** Valid events below the tidemark, each once, per partition. */
  readonly stored: ReadonlyMap<number, number>;
  /** Dead letters below the tidemark, per partition. */
  readonly rejected: ReadonlyMap<number, number>;
  /** Valid records below the tidemark that repeat an event, per partition: in no count of `stored`. */
  readonly repeated: ReadonlyMap<number, number>;
  readonly lastRecords: ReadonlyMap<number, LastRecord>;
  readonly gaps: readonly Gap[];
  /** Kafka timestamp up to which the lake is complete, milliseconds since 1970 UTC; undefined while it is empty. */
  readonly historicalThroughMs: number | undefined;
  readonly schemaVersion: number;
  /** Ids of the last erasures whose records the counts leave out: so that none is subtracted twice. */
  readonly erasures: readonly string[];
}

const PREFIX = 'tidemark';

export function formatSummary(summary: SnapshotSummary): Record<string, string> {
  return {
    [`${PREFIX}.offsets`]: formatTidemark(summary.tidemark),
    [`${PREFIX}.stored`]: formatTidemark(summary.stored),
    [`${PREFIX}.rejected`]: formatTidemark(summary.rejected),
    [`${PREFIX}.repeated`]: formatTidemark(summary.repeated),
    [`${PREFIX}.last-records`]: JSON.stringify(Object.fromEntries(summary.lastRecords)),
    [`${PREFIX}.gaps`]: JSON.stringify(summary.gaps),
    [`${PREFIX}.historical-through-ms`]: String(summary.historicalThroughMs ?? ''),
    [`${PREFIX}.schema-version`]: String(summary.schemaVersion),
    ...(summary.erasures.length > 0 && { [`${PREFIX}.erasures`]: JSON.stringify(summary.erasures) }),
  };
}

/** Reads a snapshot's summary; that of a table without a snapshot is empty. */
export function parseSummary(properties: Readonly<Record<string, string>>): SnapshotSummary {
  const read = (name: string) => properties[`${PREFIX}.${name}`];
  const lastRecords = JSON.parse(read('last-records') ?? '{}') as Record<string, LastRecord>;
  return {
    tidemark: parseTidemark(read('offsets')),
    stored: parseTidemark(read('stored')),
    rejected: parseTidemark(read('rejected')),
    repeated: parseTidemark(read('repeated')),
    lastRecords: new Map(Object.entries(lastRecords).map(([partition, record]) => [Number(partition), record])),
    gaps: JSON.parse(read('gaps') ?? '[]') as Gap[],
    historicalThroughMs: read('historical-through-ms') ? Number(read('historical-through-ms')) : undefined,
    schemaVersion: Number(read('schema-version') ?? 0),
    erasures: JSON.parse(read('erasures') ?? '[]') as string[],
  };
}

export function sumOf(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
