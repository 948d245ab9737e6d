import type { ClickHouse } from './clickhouse.ts';
import { TidemarkError } from './errors.ts';
import type { KafkaLog } from './kafka/log.ts';
import type { ObjectStore } from './object-store.ts';
import { formatTidemark, parseTidemark } from './tidemark.ts';

/** A stream whose judgement has versions. */
interface VersionedStream {
  readonly name: string;
  readonly topic: string;
  /** The code's own. */
  readonly schemaVersion: number;
}

/** From where on a version counts: see the domains. */
interface VersionStart {
  readonly version: number;
  readonly fromOffsets: ReadonlyMap<number, number>;
}

/** The recorded versions and the code's do not fit together: the partition waits until they do. */
export class SchemaVersionMismatch extends TidemarkError {
  constructor(message: string) {
    super(message, { retryable: true });
  }
}

/**
 * Reads from where on each version counts, in order; version 1, which counts from the beginning, is in none. To be
 * called after it is known which records are to be judged, at each batch: whoever read before a version was announced
 * has only records that are older than it (see `recordSchemaVersion`).
 *
 * @throws SchemaVersionMismatch where a newer version is recorded than the code has, or the code's own is not yet
 */
export async function readVersionStarts(clickhouse: ClickHouse, stream: VersionedStream): Promise<VersionStart[]> {
  const { name, schemaVersion } = stream;
  const starts = await readRecorded(clickhouse, stream);
  const newest = starts.at(-1)?.version ?? 1;
  if (newest > schemaVersion) {
    throw new SchemaVersionMismatch(
      `${name}: schema version ${newest} is recorded, and this code knows ${schemaVersion}: deploy the newer code`,
    );
  }
  if (schemaVersion > 1 && !isRecorded(starts, schemaVersion)) {
    throw new SchemaVersionMismatch(
      `${name}: schema version ${schemaVersion} is not recorded yet: the next run of compact records it`,
    );
  }
  return starts;
}

/**
 * Records from where on the code's version counts: the ends of the log at this moment, decided once by a conditional
 * PUT. It is announced first, and an older version that finds the announcement stops: so whoever still judges by the
 * older one has fetched its records before the ends were read, and they are all below them.
 */
export async function recordSchemaVersion(
  stream: VersionedStream,
  { clickhouse, kafka, store }: { clickhouse: ClickHouse; kafka: KafkaLog; store: ObjectStore },
): Promise<void> {
  const { name, topic, schemaVersion } = stream;
  if (schemaVersion === 1 || isRecorded(await readRecorded(clickhouse, stream), schemaVersion)) return;
  await insertStart(clickhouse, name, schemaVersion, '{}');
  const ends = new Map((await kafka.offsets(topic)).map(({ partition, highWatermark }) => [partition, highWatermark]));
  await store.putIfAbsent(`schema-versions/${name}/v${schemaVersion}.json`, Buffer.from(formatTidemark(ends)));
  // All of them, because ClickHouse may have been lost since an earlier one was recorded.
  for await (const { key } of store.list(`schema-versions/${name}/`)) {
    const bytes = await store.get(key);
    const version = Number(/v(\d+)\.json$/.exec(key)?.[1]);
    if (bytes !== undefined) await insertStart(clickhouse, name, version, Buffer.from(bytes).toString());
  }
}

async function readRecorded(clickhouse: ClickHouse, { name }: VersionedStream): Promise<VersionStart[]> {
  const { rows } = await clickhouse.query<{ version: number; offsets: Record<string, number> }>(
    `SELECT version, argMax(from_offsets, length(from_offsets)) AS offsets FROM tidemark.schema_versions
     WHERE stream = {stream:String} GROUP BY version ORDER BY version`,
    { stream: name },
  );
  return rows.map(({ version, offsets }) => ({ version, fromOffsets: parseTidemark(JSON.stringify(offsets)) }));
}

/** Announced alone is not recorded: a topic has at least one partition. */
function isRecorded(starts: readonly VersionStart[], version: number): boolean {
  return starts.some((start) => start.version === version && start.fromOffsets.size > 0);
}

async function insertStart(clickhouse: ClickHouse, stream: string, version: number, offsets: string): Promise<void> {
  const columns = ['stream', 'version', 'from_offsets'] as const;
  await clickhouse.insert('tidemark.schema_versions', [...columns], [[stream, version, JSON.parse(offsets)]]);
}
