import { randomUUID } from 'node:crypto';
import type { Domain, StreamDeclaration } from '@tidemark/domains/domain';
import { domains } from '@tidemark/domains/index';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { pinEmptyLake, publishGold, publishView } from '@tidemark/platform/publication';
import { setUpSchema } from '../../localstack/start/set-up-stack.ts';
import { ClickHouseProcess, PASSWORDS } from '../integration/clickhouse/clickhouse-process.ts';
import { silentLog } from '../support/compaction.ts';
import { createFakeKafkaLog } from '../support/fake-kafka-log.ts';
import { findFreePort } from '../support/find-free-ports.ts';
import { createMemoryObjectStore } from '../support/memory-object-store.ts';
import { startMemoryS3Server } from '../support/memory-s3-server.ts';
import { NOON_MS } from '../support/retail-records.ts';
import type { Ports } from './ports.ts';
import { atVirtualTime } from './virtual-time.ts';

const BUCKET = 'model';
/** Offsets per block of the hot tables: blocks fill, and are trimmed, within a history. */
const BLOCK_OFFSETS = 4;

/** The real engine over a lake in memory that it reads by S3's protocol; one history after the other. */
export type Engine = Awaited<ReturnType<typeof startEngine>>;

/** Where a history happens. */
export type World = Awaited<ReturnType<Engine['openWorld']>>;

/** Stands between the layers and what they write to, for a whole history. */
export type Defect = (ports: Ports) => Ports;

const noDefect: Defect = (ports) => ports;

/** Starts ClickHouse and S3, for all the tests of a file. */
export async function startEngine() {
  let bucket = createMemoryObjectStore(BUCKET);
  const s3 = await startMemoryS3Server(() => bucket);
  const process = new ClickHouseProcess(await findFreePort());
  await process.start({
    LAKE_S3_ENDPOINT: s3.endpoint,
    LAKE_BUCKET: BUCKET,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const config = readConfig({
    CLICKHOUSE_URL: process.url,
    CLICKHOUSE_ADMIN_PASSWORD: PASSWORDS.admin,
    LAKE_BUCKET: BUCKET,
  });
  const clickhouse = createClickHouse(config, 'admin');
  await setUpSchema(clickhouse);
  const platformTables = await listTables(clickhouse, 'tidemark');

  /** A world without records: everything before is gone. Whatever ran in the last one must have ended. */
  async function openWorld(streamName: string, defect: Defect = noDefect) {
    const { domain, declaration } = findWithSmallBlocks(streamName);
    const startedAtMs = Date.now();
    const time = { skippedMs: 0 };
    const clock = () => NOON_MS + time.skippedMs + Date.now() - startedAtMs;
    bucket = createMemoryObjectStore(BUCKET, clock);
    await empty(clickhouse, domain, declaration, platformTables);
    const kafka = createFakeKafkaLog({ partitions: 2, chunkOffsets: 3 });
    const ports = defect({ clickhouse: atVirtualTime(clickhouse, clock), store: bucket });
    return {
      domain,
      declaration,
      stream: declaration.stream,
      kafka,
      time,
      clock,
      /** What the runs are given: with the defect, if there is one. */
      deps: { ...ports, kafka, clock, newId: randomUUID, log: silentLog },
      /** Without the defect. */
      clickhouse,
      store: bucket,
    };
  }

  return {
    openWorld,
    async stop() {
      await clickhouse.close();
      await process.stop('SIGKILL');
      process.removeState();
      await s3.stop();
    },
  };
}

function findWithSmallBlocks(streamName: string): { domain: Domain; declaration: StreamDeclaration } {
  const domain = domains.find(({ streams }) => streams.some(({ stream }) => stream.name === streamName));
  const declaration = domain?.streams.find(({ stream }) => stream.name === streamName);
  if (domain === undefined || declaration === undefined) throw new Error(`unknown stream ${streamName}`);
  const withSmallBlocks = (ddl: string) =>
    ddl.replace(/intDiv\(`_offset`, \d+\)/, `intDiv(\`_offset\`, ${BLOCK_OFFSETS})`);
  const { tables, views } = domain.schema;
  return {
    domain: { ...domain, schema: { tables: tables.map(withSmallBlocks), views } },
    declaration: { ...declaration, stream: { ...declaration.stream, hotBlockOffsets: BLOCK_OFFSETS } },
  };
}

/** Truncates what can be, which is ten times as fast as making everything again. */
async function empty(
  clickhouse: ClickHouse,
  { schema }: Domain,
  { stream, views, gold }: StreamDeclaration,
  platformTables: readonly string[],
): Promise<void> {
  const hot = `${stream.database}.${stream.hotTable}`;
  await clickhouse.command(`DROP TABLE IF EXISTS ${hot}`);
  for (const ddl of schema.tables) await clickhouse.command(ddl);
  const storage = gold.map(({ database, name }) => `${database}.${name}_gold`);
  for (const table of [...platformTables, ...storage]) await clickhouse.command(`TRUNCATE TABLE ${table}`);
  for (const table of await listTables(clickhouse, 'lake')) await clickhouse.command(`DROP TABLE IF EXISTS ${table}`);
  const pin = await pinEmptyLake(clickhouse, stream);
  for (const { view } of views) await publishView(clickhouse, view, pin);
  for (const table of gold) await publishGold(clickhouse, table, pin, []);
}

async function listTables(clickhouse: ClickHouse, database: string): Promise<string[]> {
  const { rows } = await clickhouse.query<{ name: string }>(
    `SELECT concat(database, '.', name) AS name FROM system.tables
     WHERE database = {database:String} AND engine NOT LIKE '%View'`,
    { database },
  );
  return rows.map(({ name }) => name);
}
