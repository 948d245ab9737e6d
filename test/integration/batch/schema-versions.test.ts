import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { readVersionStarts, recordSchemaVersion } from '@tidemark/platform/schema-versions';
import { setUpSchema } from '../../../localstack/start/set-up-stack.ts';
import { createFakeKafkaLog } from '../../support/fake-kafka-log.ts';
import { findFreePort } from '../../support/find-free-ports.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';
import { salesOf } from '../../support/retail-records.ts';
import { ClickHouseProcess, PASSWORDS } from '../clickhouse/clickhouse-process.ts';

let process: ClickHouseProcess;
let admin: ClickHouse;
let ingest: ClickHouse;

beforeAll(async () => {
  process = new ClickHouseProcess(await findFreePort());
  await process.start();
  const config = readConfig({
    CLICKHOUSE_URL: process.url,
    LAKE_BUCKET: 'not-read',
    CLICKHOUSE_ADMIN_PASSWORD: PASSWORDS.admin,
    CLICKHOUSE_INGEST_PASSWORD: PASSWORDS.ingest,
  });
  admin = createClickHouse(config, 'admin');
  ingest = createClickHouse(config, 'ingest');
  await setUpSchema(admin);
}, 60_000);

afterAll(async () => {
  await admin?.close();
  await ingest?.close();
  await process?.stop();
}, 30_000);

const versionOf = (schemaVersion: number) => ({ name: 'retail_events', topic: 'retail_events', schemaVersion });

describe('versions of a judgement in ClickHouse', () => {
  it('are read by the user ingest, in order, once they are recorded', async () => {
    const kafka = createFakeKafkaLog({ partitions: 2 });
    const store = createMemoryObjectStore();
    const deps = { clickhouse: admin, kafka, store };
    expect(await readVersionStarts(ingest, versionOf(1))).toEqual([]);
    await expect(readVersionStarts(ingest, versionOf(2))).rejects.toThrow('is not recorded yet');

    kafka.partitions[0]?.push(...salesOf(0, 3));
    await recordSchemaVersion(versionOf(2), deps);
    kafka.partitions[1]?.push(...salesOf(3, 4));
    await recordSchemaVersion(versionOf(2), deps);
    await recordSchemaVersion(versionOf(3), deps);

    await expect(readVersionStarts(ingest, versionOf(2))).rejects.toThrow('schema version 3 is recorded');
    expect(await readVersionStarts(ingest, versionOf(3))).toEqual([
      {
        version: 2,
        fromOffsets: new Map([
          [0, 3],
          [1, 0],
        ]),
      },
      {
        version: 3,
        fromOffsets: new Map([
          [0, 3],
          [1, 1],
        ]),
      },
    ]);
  });
});
