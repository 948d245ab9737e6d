import { sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { domains } from '@tidemark/domains/index';
import { listSqlFiles } from '../../localstack/start/apply-sql.ts';

describe.each(domains.map((domain) => [domain.name, domain] as const))('domain %s', (name, { schema }) => {
  it('declares every statement of its folders in sql, so that a function can make again what is missing', async () => {
    const files = (await listSqlFiles('sql', [name])).filter(({ path }) => path.startsWith(`${name}${sep}`));
    const inFolder = (...folders: string[]) =>
      files.filter(({ path }) => folders.includes(path.split(sep)[1] ?? '')).map(({ statement }) => statement);

    expect(schema.tables).toEqual(inFolder('speed', 'batch'));
    expect(schema.views).toEqual(inFolder('serving'));
  });
});
