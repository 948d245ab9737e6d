import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouse } from '@tidemark/platform/clickhouse';

const FOLDERS_OF_A_DOMAIN = ['speed', 'batch', 'serving'];

export interface SqlFile {
  /** Relative to the folder `sql`, such as `retail_events/speed/retail_events_realtime.sql`. */
  readonly path: string;
  readonly statement: string;
}

/**
 * The statements that make the schema, in order: databases, platform with its views, then each domain by speed, batch and serving.
 * Only files directly in these folders count: `templates/`, `queries/` and the like hold statements of other uses.
 */
export async function listSqlFiles(sqlDir: string, domains: readonly string[]): Promise<SqlFile[]> {
  const folders = [
    'databases',
    'platform',
    join('platform', 'serving'),
    ...domains.flatMap((domain) => FOLDERS_OF_A_DOMAIN.map((folder) => join(domain, folder))),
  ];
  const files = await Promise.all(folders.map((folder) => listFolder(sqlDir, folder)));
  return files.flat();
}

/**
 * Applies the statements in their order. Each is idempotent by itself (IF NOT EXISTS, OR REPLACE).
 *
 * @throws Error that names the file
 */
export async function applySql(files: readonly SqlFile[], clickhouse: ClickHouse): Promise<void> {
  for (const { path, statement } of files) {
    try {
      await clickhouse.command(statement);
    } catch (cause) {
      throw new Error(`sql/${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

async function listFolder(sqlDir: string, folder: string): Promise<SqlFile[]> {
  const entries = await readdir(join(sqlDir, folder), { withFileTypes: true }).catch(emptyIfMissing);
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.sql')).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const path = join(folder, name);
      return { path, statement: await readFile(join(sqlDir, path), 'utf8') };
    }),
  );
}

function emptyIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
