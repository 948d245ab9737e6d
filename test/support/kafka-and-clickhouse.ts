import { fileURLToPath } from 'node:url';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { type KafkaLog, openKafkaLog } from '@tidemark/platform/kafka/log';
import { applySql, listSqlFiles } from '../../localstack/start/apply-sql.ts';
import { ClickHouseProcess, PASSWORDS } from '../integration/clickhouse/clickhouse-process.ts';
import { findFreePort } from './find-free-ports.ts';
import { startTestKafka, type TestKafka } from './kafka.ts';

/** A real broker and a real ClickHouse with the platform's tables, for tests that need no functions. */
export interface KafkaAndClickHouse {
  readonly kafka: TestKafka;
  readonly log: KafkaLog;
  /** What the functions read from their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** As the users `admin`, `query` and `ingest`. */
  readonly admin: ClickHouse;
  readonly reader: ClickHouse;
  readonly writer: ClickHouse;
  stop(): Promise<void>;
}

/** Starts both on free ports, with state of their own; call it in `beforeAll` and `stop` in `afterAll`. */
export async function startKafkaAndClickHouse(): Promise<KafkaAndClickHouse> {
  const clickhouse = new ClickHouseProcess(await findFreePort());
  const [kafka] = await Promise.all([startTestKafka(), clickhouse.start()]);
  const environment = {
    KAFKA_BROKERS: kafka.brokers,
    CLICKHOUSE_URL: clickhouse.url,
    LAKE_BUCKET: 'unused',
    CLICKHOUSE_ADMIN_PASSWORD: PASSWORDS.admin,
    CLICKHOUSE_INGEST_PASSWORD: PASSWORDS.ingest,
    CLICKHOUSE_QUERY_PASSWORD: PASSWORDS.query,
  };
  const config = readConfig(environment);
  const admin = createClickHouse(config, 'admin');
  const reader = createClickHouse(config, 'query');
  const writer = createClickHouse(config, 'ingest');
  const log = openKafkaLog({ brokers: [kafka.brokers], clientId: 'test-log' });
  await applySql(await listSqlFiles(fileURLToPath(new URL('../../sql', import.meta.url)), []), admin);
  return {
    kafka,
    log,
    environment,
    admin,
    reader,
    writer,
    async stop() {
      await Promise.all([admin.close(), reader.close(), writer.close(), log.close()]);
      await clickhouse.stop();
      clickhouse.removeState();
      await kafka.stop();
    },
  };
}
