import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listSqlFiles } from '../../../localstack/start/apply-sql.ts';

let sqlDir: string;

beforeEach(async () => {
  sqlDir = await mkdtemp(join(tmpdir(), 'tidemark-sql-'));
});

afterEach(() => rm(sqlDir, { recursive: true }));

describe('the statements of the schema', () => {
  it('come as databases, platform, then each domain by speed, batch and serving', async () => {
    await writeFiles([
      'shop/serving/b.sql',
      'shop/serving/a.sql',
      'shop/batch/gold.sql',
      'shop/speed/hot.sql',
      'platform/runs.sql',
      'databases/shop.sql',
    ]);

    const files = await listSqlFiles(sqlDir, ['shop', 'a_domain_without_sql']);

    expect(files.map(({ path }) => path)).toEqual([
      'databases/shop.sql',
      'platform/runs.sql',
      'shop/speed/hot.sql',
      'shop/batch/gold.sql',
      'shop/serving/a.sql',
      'shop/serving/b.sql',
    ]);
    expect(files[0]?.statement).toBe('-- databases/shop.sql');
  });

  it('leave out templates, queries and other files', async () => {
    await writeFiles(['shop/serving/queries/q.sql', 'shop/serving/templates/t.sql', 'shop/serving/README.md']);

    expect(await listSqlFiles(sqlDir, ['shop'])).toEqual([]);
  });
});

async function writeFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(sqlDir, path)), { recursive: true });
    await writeFile(join(sqlDir, path), `-- ${path}`);
  }
}
