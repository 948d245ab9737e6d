import { randomUUID } from 'node:crypto';
import {
  type CompactDependencies,
  type CompactInput,
  compactStream,
} from '../../functions/batch/compact/compact-stream.ts';
import { defineEventsTable, defineRecordsTable } from '../../functions/batch/compact/lake-definitions.ts';
import { parseSummary } from '../../functions/batch/compact/snapshot-summary.ts';
import { createIngest } from '../../functions/speed/ingest/ingest-records.ts';
import type { StreamDeclaration } from '../../layers/domains/domain.ts';
import { findDeclaration } from '../../layers/domains/index.ts';
import type { Log } from '../../layers/platform/log.ts';
import { createFakeKafkaLog, type FakeKafkaLog, type Slot } from './fake-kafka-log.ts';
import { createFakeSpeedLayer } from './fake-speed-layer.ts';
import { createMemoryObjectStore } from './memory-object-store.ts';
import { positionsOf, readLake } from './read-lake.ts';
import { kafkaEventOf, NOON_MS } from './retail-records.ts';

const retailDeclaration = findDeclaration('retail_events');

export { retailDeclaration as declaration };

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/** Both layers of `retail_events`, or of one that differs from it, over a fake Kafka and a bucket in memory. */
export function createWorld(
  options: Parameters<typeof createFakeKafkaLog>[0] = {},
  declaration: StreamDeclaration = retailDeclaration,
) {
  const { stream } = declaration;
  const kafka = createFakeKafkaLog(options);
  const clickhouse = createFakeSpeedLayer();
  const store = createMemoryObjectStore();
  const time = { nowMs: NOON_MS };
  const clock = () => time.nowMs;
  const deps: CompactDependencies = { kafka, clickhouse, store, clock, newId: randomUUID, log: silentLog };
  const ingest = createIngest(stream, { clickhouse, log: silentLog });
  return {
    kafka,
    clickhouse,
    store,
    time,
    deps,
    /** Brings a partition's records in `[from, to)` to the hot table, and commits `to` unless the trigger dies first. */
    async deliver(partition: number, from: number, to: number, { isCommitted = true } = {}): Promise<void> {
      for await (const { records } of kafka.read({ topic: stream.topic, partition, from, to })) {
        await ingest(kafkaEventOf(records));
      }
      if (isCommitted) kafka.committedOffsets.set(partition, to);
    },
    /** One run; `more` replaces parts of the world. */
    compact: (input: Partial<CompactInput> = {}, more: Partial<CompactDependencies> = {}) =>
      compactStream(
        declaration,
        { toOffsets: undefined, deadlineMs: Number.POSITIVE_INFINITY, ...input },
        { ...deps, ...more },
      ),
    /** What the lake holds, and what it says of itself. */
    async readLake() {
      const events = await readLake(store, defineEventsTable(stream));
      const refused = await readLake(store, defineRecordsTable(stream));
      return {
        version: events.version.version,
        summary: parseSummary(events.version.summary),
        rows: events.rows,
        events: positionsOf(events.rows),
        deadLetters: positionsOf(refused.rows),
        deadLetterRows: refused.rows,
      };
    },
  };
}

export type World = ReturnType<typeof createWorld>;

/** Appends to a partition; returns the offset behind. */
export function produce(kafka: FakeKafkaLog, partition: number, slots: readonly Slot[]): number {
  return kafka.partitions[partition]?.push(...slots) ?? 0;
}

/** Appends records, delivers all of them and commits. */
export async function produceDelivered(world: World, partition: number, slots: readonly Slot[]): Promise<number> {
  const from = world.kafka.partitions[partition]?.length ?? 0;
  const to = produce(world.kafka, partition, slots);
  await world.deliver(partition, from, to);
  return to;
}
