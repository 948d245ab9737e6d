import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LakeVersion } from '../../layers/platform/lake/table-version.ts';
import type { ObjectStoreOptions } from '../../layers/platform/object-store.ts';
import { pythonWith } from './python-with.ts';
import { runInClickHouse } from './run-in-clickhouse.ts';

/** What foreign readers need of a version. */
export type ReadableVersion = Pick<LakeVersion, 'location' | 'metadataKey'>;

/** Makes sure that PyIceberg is there; the first time on a machine it is downloaded. */
export async function preparePyIceberg(): Promise<string> {
  return pythonWith(['pyiceberg==0.11.*', 'pyarrow']);
}

/** Evaluates a Python expression in which `table` is PyIceberg's view of the version; the answer goes through JSON. */
export async function askPyIceberg(
  { bucket, endpoint, region, credentials }: ObjectStoreOptions,
  { metadataKey }: Pick<ReadableVersion, 'metadataKey'>,
  expression: string,
): Promise<unknown> {
  const access = {
    's3.endpoint': endpoint,
    's3.region': region,
    's3.access-key-id': credentials?.accessKeyId,
    's3.secret-access-key': credentials?.secretAccessKey,
  };
  const program = [
    'import json',
    'import pyarrow.compute as pc',
    'from pyiceberg.table import StaticTable',
    `table = StaticTable.from_metadata('s3://${bucket}/${metadataKey}', ${JSON.stringify(access)})`,
    `print(json.dumps(${expression}, default=str))`,
  ].join('\n');
  const { stdout } = await promisify(execFile)(await preparePyIceberg(), ['-c', program]);
  return JSON.parse(stdout);
}

/**
 * Answers of ClickHouse, row by row as text, to statements in which each name of `tables` reads its pinned version;
 * the bucket is the named collection `tidemark_lake`.
 */
export async function askClickHouse(
  { bucket, endpoint, credentials }: ObjectStoreOptions,
  tables: Readonly<Record<string, ReadableVersion>>,
  statements: readonly string[],
): Promise<string[][][]> {
  const collection =
    `CREATE NAMED COLLECTION tidemark_lake AS url = '${endpoint}/${bucket}/', ` +
    `access_key_id = '${credentials?.accessKeyId}', secret_access_key = '${credentials?.secretAccessKey}'`;
  const pins = Object.entries(tables).map(([name, version]) => pinVersion(name, version));
  const answers = await runInClickHouse([collection, ...pins, ...statements]);
  return answers
    .slice(1 + pins.length)
    .map((answer) => answer?.data.map((row) => Object.values(row).map(String)) ?? []);
}

function pinVersion(name: string, { location, metadataKey }: ReadableVersion): string {
  return (
    `CREATE TABLE ${name} ENGINE = IcebergS3(tidemark_lake, filename = '${location}') ` +
    `SETTINGS iceberg_metadata_file_path = '${metadataKey.slice(location.length)}'`
  );
}
