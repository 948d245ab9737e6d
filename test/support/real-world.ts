import { randomUUID } from 'node:crypto';
import { findDeclaration } from '@tidemark/domains/index';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { LakeVersion } from '@tidemark/platform/lake/table-version';
import { createObjectStore } from '@tidemark/platform/object-store';
import { type CompactInput, compactStream } from '../../functions/batch/compact/compact-stream.ts';
import { defineEventsTable } from '../../functions/batch/compact/lake-definitions.ts';
import { collectLakeRows } from '../../functions/batch/compact/lake-rows.ts';
import { readExpired } from '../../functions/batch/compact/read-expired.ts';
import { formatSummary, parseSummary } from '../../functions/batch/compact/snapshot-summary.ts';
import { type RefreshDependencies, refreshStream } from '../../functions/batch/refresh-gold/refresh-stream.ts';
import { createIngest } from '../../functions/speed/ingest/ingest-records.ts';
import { setUpSchema } from '../../localstack/start/set-up-stack.ts';
import { ClickHouseProcess, PASSWORDS } from '../integration/clickhouse/clickhouse-process.ts';
import { silentLog } from './compaction.ts';
import { createFakeKafkaLog, type Slot } from './fake-kafka-log.ts';
import { findFreePort } from './find-free-ports.ts';
import { startMinistack } from './ministack.ts';
import { kafkaEventOf, NOON_MS } from './retail-records.ts';

const HOUR_MS = 3_600_000;
const BUCKET = 'tidemark-real-world';

/** Both layers over a Kafka of arrays, with the real ClickHouse engine and a lake on a real S3 server. */
export type RealWorld = Awaited<ReturnType<typeof startRealWorld>>;

/** One stream of it, empty at first. */
export type World = Awaited<ReturnType<RealWorld['reset']>>;

/** For starting it: the first time on a machine the S3 server is downloaded. */
export const START_TIMEOUT_MS = 300_000;

/** Starts ClickHouse and S3, for all the tests of a file. Takes about four seconds. */
export async function startRealWorld() {
  const ministack = await startMinistack();
  const options = await ministack.createBucket(BUCKET);
  const process = new ClickHouseProcess(await findFreePort());
  await process.start({
    LAKE_S3_ENDPOINT: ministack.endpoint,
    LAKE_BUCKET: BUCKET,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const config = readConfig({
    CLICKHOUSE_URL: process.url,
    CLICKHOUSE_ADMIN_PASSWORD: PASSWORDS.admin,
    CLICKHOUSE_QUERY_PASSWORD: PASSWORDS.query,
    LAKE_BUCKET: BUCKET,
  });
  const clickhouse = createClickHouse(config, 'admin');
  const reader = createClickHouse(config, 'query');
  const store = createObjectStore(options);
  // Records are appended around noon of one day, and none may be too old for the hot table.
  const startedAtMs = Date.now();
  const clock = () => NOON_MS + HOUR_MS + Date.now() - startedAtMs;

  /** Empties everything, and makes a Kafka of so many partitions. */
  async function reset({ partitions = 2, streamName = 'retail_events' } = {}) {
    const declaration = findDeclaration(streamName);
    const { stream } = declaration;
    for (const database of ['lake', 'tidemark', 'retail', 'realtime', 'gold']) {
      await clickhouse.command(`DROP DATABASE IF EXISTS ${database}`);
    }
    for await (const { key } of store.list('catalog/')) await store.delete(key);
    await setUpSchema(clickhouse);
    const kafka = createFakeKafkaLog({ partitions, chunkOffsets: 10_000 });
    const deps = { kafka, clickhouse, store, clock, newId: randomUUID, log: silentLog };
    const ingest = createIngest(stream, { clickhouse, log: silentLog });
    const deliver = async (partition: number, from: number, to: number) => {
      for await (const { records } of kafka.read({ topic: stream.topic, partition, from, to })) {
        await ingest(kafkaEventOf(records));
      }
      kafka.committedOffsets.set(partition, to);
    };
    return {
      declaration,
      stream,
      kafka,
      deps,
      clickhouse,
      store,
      deliver,
      /** Appends to a partition; returns the offset behind. */
      produce: (partition: number, slots: readonly Slot[]) => {
        const log = kafka.partitions[partition] ?? [];
        for (const slot of slots) log.push(slot);
        return log.length;
      },
      /** Delivers what the partitions hold and the trigger has not committed. */
      async deliverAll(): Promise<void> {
        for (const [partition, slots] of kafka.partitions.entries()) {
          const from = Math.max(kafka.committedOffsets.get(partition) ?? 0, kafka.logStarts.get(partition) ?? 0);
          await deliver(partition, from, slots.length);
        }
      },
      compact: (input: Partial<CompactInput> = {}) =>
        compactStream(declaration, { toOffsets: undefined, deadlineMs: Number.POSITIVE_INFINITY, ...input }, deps),
      /** Keys of the data files of the events' lake table. */
      async listLakeFiles(): Promise<string[]> {
        const table = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId: randomUUID });
        const keys: string[] = [];
        for await (const { key } of store.list(`${table.location}data/`)) keys.push(key);
        return keys;
      },
      /** Appends copies of hot rows to the lake, as no compactor would. */
      async doubleLakeRows(partition: number, from: number, to: number): Promise<void> {
        const ranges = new Map([[partition, { from, to }]]);
        const rows = collectLakeRows(stream);
        await readExpired(stream, ranges, rows, clickhouse);
        const table = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId: randomUUID });
        const base = await table.load();
        const files = await table.writeDataFiles(rows.toRows());
        await table.append({ base, files, summary: ownSummary(base), writerId: 'defect', startedAtMs: clock() });
      },
      /** Moves a partition's tidemark on without storing anything. */
      async skipInLake(partition: number, to: number): Promise<void> {
        const table = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId: randomUUID });
        const base = await table.load();
        const before = parseSummary(base.summary);
        const summary = formatSummary({ ...before, tidemark: new Map([...before.tidemark, [partition, to]]) });
        await table.append({ base, files: [], summary, writerId: 'defect', startedAtMs: clock() });
      },
      /** One refresh; `more` replaces parts of the world. */
      refreshGold: (more: Partial<RefreshDependencies> = {}) => refreshStream(declaration, { ...deps, ...more }),
      /** Rows of a SELECT. */
      async ask<Row = Record<string, unknown>>(sql: string): Promise<Row[]> {
        return (await clickhouse.query<Row>(sql)).rows;
      },
    };
  }

  return {
    clickhouse,
    /** As the user `query`. */
    reader,
    /** Where the lake lies, for foreign readers. */
    lake: options,
    reset,
    async stop() {
      await Promise.all([clickhouse.close(), reader.close()]);
      await process.stop('SIGKILL');
      process.removeState();
      await ministack.stop();
    },
  };
}

/** What our own writer says in a summary, without Iceberg's counts. */
function ownSummary({ summary }: LakeVersion): Record<string, string> {
  return formatSummary(parseSummary(summary));
}
