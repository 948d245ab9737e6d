import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations, streams } from '@tidemark/domains/index';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { publishMissingViews } from '@tidemark/platform/publish-missing-views';
import { createTopics } from '../kafka/topics.ts';
import { applySql, listSqlFiles, type SqlFile } from './apply-sql.ts';
import { createBucket } from './create-bucket.ts';

const sqlDir = fileURLToPath(new URL('../../sql', import.meta.url));

/**
 * Makes what the functions find when they wake up: the streams' topics, the lake's bucket, the tables and views.
 * Running it again changes nothing, so every start does.
 *
 * `env` is the stack's own (see buildStackEnvironment).
 */
export async function setUpStack(env: Readonly<Record<string, string>>): Promise<void> {
  const read = (name: string): string => {
    const value = env[name];
    if (value === undefined) throw new Error(`${name} is missing from the stack's environment`);
    return value;
  };
  await Promise.all([
    createTopics(
      read('KAFKA_BROKERS'),
      streams.map(({ topic, partitions, retentionMs }) => ({
        topic,
        partitions,
        config: { 'retention.ms': String(retentionMs) },
      })),
    ),
    createBucket({
      bucket: read('LAKE_BUCKET'),
      endpoint: read('S3_ENDPOINT'),
      region: read('AWS_REGION'),
      credentials: { accessKeyId: read('AWS_ACCESS_KEY_ID'), secretAccessKey: read('AWS_SECRET_ACCESS_KEY') },
    }),
    setUpClickHouse(env),
  ]);
}

/** Makes ClickHouse's tables and views as `sql/` and the domains declare them. */
export async function setUpSchema(clickhouse: ClickHouse): Promise<void> {
  await applySchema(
    clickhouse,
    await listSqlFiles(sqlDir, [...new Set(streams.map(({ domain }) => domain))]),
    declarations,
  );
}

/** Databases and tables, then the views that are published at each commit, then the views on those. */
export async function applySchema(
  clickhouse: ClickHouse,
  files: readonly SqlFile[],
  declarations: readonly StreamDeclaration[],
): Promise<void> {
  const isServing = ({ path }: SqlFile) => path.split(sep).includes('serving');
  await applySql(
    files.filter((file) => !isServing(file)),
    clickhouse,
  );
  for (const declaration of declarations) await publishMissingViews(clickhouse, declaration);
  await applySql(files.filter(isServing), clickhouse);
}

async function setUpClickHouse(env: Readonly<Record<string, string>>): Promise<void> {
  const clickhouse = createClickHouse(readConfig(env), 'admin');
  try {
    await setUpSchema(clickhouse);
  } finally {
    await clickhouse.close();
  }
}
