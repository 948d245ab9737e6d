import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { streams } from '@tidemark/domains/index';

/** docs/exactness-tests.md says which test guards which promise: it must not name one that is not there. */

interface Promised {
  /** Its number and words. */
  readonly promise: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

const INVARIANTS = 8;
const RULES = 20;

const promises = readFileSync('docs/exactness-tests.md', 'utf8')
  .split('\n')
  .flatMap((line): Promised[] => {
    const row = /^\| (?<promise>\d+\. .*?) +\| (?<tests>.*?) *\|$/.exec(line)?.groups;
    if (row === undefined) return [];
    const tests = [...(row.tests ?? '').matchAll(/`(?<file>[^`]+)` › (?<title>.+?)(?=<br>|$)/g)];
    return [
      {
        promise: row.promise ?? '',
        tests: tests.map(({ groups }) => ({ file: pathOf(groups?.file ?? ''), title: groups?.title ?? '' })),
      },
    ];
  });

function pathOf(name: string): string {
  const [first, ...rest] = name.split('/');
  return `${first === 'trigger' ? ['localstack/kafka-trigger/test', ...rest].join('/') : `test/${name}`}.test.ts`;
}

/** Whether the file has a text that begins so, in whichever quotes: titles may go on with the name of their case. */
function hasTitle(file: string, title: string): boolean {
  const source = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}`));
}

describe('docs/exactness-tests.md', () => {
  it('has each invariant and each rule, in order', () => {
    const numbers = promises.map(({ promise }) => Number.parseInt(promise, 10));
    const countTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
    expect(numbers).toEqual([...countTo(INVARIANTS), ...countTo(RULES)]);
  });

  it('names a test for each of them', () => {
    const unguarded = promises.filter(({ tests }) => tests.length === 0).map(({ promise }) => promise);
    expect(unguarded).toEqual([]);
  });

  it('names no test that is not there', () => {
    const missing = promises
      .flatMap(({ tests }) => tests)
      .filter(({ file, title }) => !existsSync(file) || !hasTitle(file, title));
    expect(missing).toEqual([]);
  });
});

/**
 * Rule 8: `CREATE TABLE IF NOT EXISTS` leaves a table as it is, so another sort key under the same name would be there
 * on new machines only. Whoever wants one gives the table a new name, here too.
 */
const SORT_KEYS: Readonly<Record<string, string>> = {
  retail_events_realtime: '(event_time, store_id, product_id, `_partition`, `_offset`)',
  user_events_realtime: '(`_partition`, `_offset`)',
};

describe.each(streams.map((stream) => [stream.name, stream] as const))('stream %s', (_name, stream) => {
  it('has a hot table whose sort key has never changed under its name', () => {
    const ddl = readFileSync(`sql/${stream.domain}/speed/${stream.hotTable}.sql`, 'utf8');
    expect([stream.hotTable, /^ORDER BY (.*)$/m.exec(ddl)?.[1]]).toEqual([stream.hotTable, SORT_KEYS[stream.hotTable]]);
  });
});
