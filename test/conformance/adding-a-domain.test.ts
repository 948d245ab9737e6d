import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PARCEL_FILES } from '../support/conformance/parcel-tracking.ts';
import { findFencedBlocks } from '../support/fenced-blocks.ts';

/**
 * `docs/adding-a-domain.md` shows the files of `test/fixtures/domains/parcel_tracking`, whole; what these lack is told
 * by half-declared-domain.test.ts.
 */

const document = readFileSync('docs/adding-a-domain.md', 'utf8');
const lines = document.split('\n');

/** Blocks behind a line that begins with their path; `isNew` where the path is all of it. */
const shown = findFencedBlocks(document).flatMap(({ line, text }) => {
  const [, path, how] = /^`([^`]+)`(.*)$/.exec(lines[line - 4] ?? '') ?? [];
  return path === undefined ? [] : [{ path, isNew: how === '', text: `${text}\n` }];
});
const created = shown.filter(({ isNew }) => isNew);
const added = shown.filter(({ isNew }) => !isNew);

/** Of the fixture, where the repository has one such file for all domains. */
const SHARED = ['docs/tables.md', 'serverless.yml'];

const countLines = (blocks: typeof shown) => blocks.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);

describe('docs/adding-a-domain.md', () => {
  it('shows every file of the made-up domain, and no other', () => {
    const files = readdirSync(PARCEL_FILES, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(PARCEL_FILES, join(parentPath, name)));

    expect([...created.map(({ path }) => path), ...SHARED].sort()).toEqual(files.sort());
  });

  it.each(created.map(({ path, text }) => [path, text] as const))('shows %s as it is', (path, text) => {
    expect(readFileSync(join(PARCEL_FILES, path), 'utf8')).toBe(
      path.endsWith('.ts') ? importAsFixture(path, text) : text,
    );
  });

  it.each(SHARED)('shows what comes into %s', (path) => {
    const text = readFileSync(join(PARCEL_FILES, path), 'utf8').replace(/^functions:\n/, '');
    expect(added.find((block) => block.path === path)?.text).toBe(text);
  });

  it.each(added.map(({ path }) => path))('adds to %s, which there is', (path) => {
    expect(readFileSync(path, 'utf8')).not.toBe('');
  });

  it('says how long a domain is', () => {
    expect(document).toContain(
      `It is ${created.length} new files of ${countLines(created)} lines together, and ` +
        `${countLines(added)} lines in ${added.length} files that are there.`,
    );
  });
});

/** The fixture lies elsewhere, and so reaches what is not its own by other paths. */
function importAsFixture(path: string, text: string): string {
  if (path.startsWith('layers/')) return text.replace(/'\.\.\/([\w-]+)\.ts'/g, "'@tidemark/domains/$1'");
  const up = relative(join(PARCEL_FILES, path, '..'), 'localstack/generators');
  return text
    .replace(/'\.\.\/((?!\.\.)[\w/-]+\.ts)'/g, `'${up}/$1'`)
    .replace(/'@tidemark\/domains\/(parcel_tracking\/\w+)'/g, "'../../../layers/domains/$1.ts'");
}
