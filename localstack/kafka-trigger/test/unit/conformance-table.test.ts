import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const PACKAGE = join(__dirname, '../..');

interface Row {
  rule: string;
  /** URL of the AWS page; none for what AWS says nothing about. */
  page: string | undefined;
  /** Path under `test/`, without `.test.ts`. */
  file: string;
  name: string;
}

async function readRows(): Promise<Row[]> {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('\n## Conformance'));
  return [
    ...section.matchAll(/^\| (?<rule>[^|]+?) +\| (?<page>[^|]*?) *\| `(?<file>[^`]+)`: (?<name>[^|]+?) *\|$/gm),
  ].map(({ groups: { rule = '', page = '', file = '', name = '' } = {} }) => ({
    rule,
    page: /\((?<url>[^)]+)\)/.exec(page)?.groups?.url,
    file,
    name,
  }));
}

describe('the conformance table', () => {
  it('names tests that exist, in files that cite the page', async () => {
    const rows = await readRows();
    expect(rows.length).toBeGreaterThan(50);
    const faults: string[] = [];
    for (const { rule, page, file, name } of rows) {
      const source = await readFile(join(PACKAGE, 'test', `${file}.test.ts`), 'utf8');
      if (!source.includes(name)) faults.push(`${rule}: ${file} has no test "${name}"`);
      if (page !== undefined && !source.includes(page)) faults.push(`${rule}: ${file} does not cite ${page}`);
    }
    expect(faults).toEqual([]);
  });
});
