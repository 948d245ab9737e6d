import { describe, expect, it } from '@jest/globals';
import { quoteIdentifier, quoteString, readTokens } from '../../../localstack/clickhouse/sql-tokens.ts';
import { splitStatement, writePreparation } from '../../../localstack/clickhouse/statement.ts';

describe('splitStatement', () => {
  it.each([
    ['SELECT 1', 'SELECT 1', undefined, {}],
    ['SELECT 1 FORMAT CSV', 'SELECT 1', 'CSV', {}],
    ['SELECT 1 FORMAT `Null`', 'SELECT 1', 'Null', {}],
    ['SELECT 1 SETTINGS a = 1 FORMAT CSV', 'SELECT 1', 'CSV', { a: '1' }],
    [
      "SELECT 1 FORMAT CSV SETTINGS a = 'x, y', b = -2, c = true",
      'SELECT 1',
      'CSV',
      { a: "'x, y'", b: '-2', c: 'true' },
    ],
    ['SELECT 1 AS FORMAT', 'SELECT 1 AS FORMAT', undefined, {}],
    ["SELECT ' FORMAT CSV'", "SELECT ' FORMAT CSV'", undefined, {}],
    ['SELECT * FROM (SELECT 1 SETTINGS a = 1)', 'SELECT * FROM (SELECT 1 SETTINGS a = 1)', undefined, {}],
  ])('splits %p', (sql, body, format, settings) => {
    const statement = splitStatement(sql);
    expect([statement.body, statement.format, Object.fromEntries(statement.settings)]).toEqual([
      body,
      format,
      settings,
    ]);
  });
});

describe('writePreparation', () => {
  it('lets later settings win, and locks the session last', () => {
    const text = writePreparation({
      database: 'a`b',
      settings: [
        new Map([['x', '1']]),
        new Map([
          ['x', '2'],
          ['y', "'z'"],
        ]),
      ],
      readonly: 1,
    });
    expect(text).toBe("USE `a\\`b`; SET x = 2, y = 'z'; SET readonly = 1");
  });
});

describe('quoting', () => {
  it.each(["it's", 'back\\slash', "\\'; DROP TABLE t; --", '`tick`', 'zero\0byte', ''])(
    'keeps %j one token',
    (text) => {
      for (const quoted of [quoteString(text), quoteIdentifier(text)]) {
        const tokens = [...readTokens(quoted)];
        expect(tokens.map(({ value }) => value)).toEqual([text]);
      }
    },
  );
});

describe('readTokens', () => {
  it('reads names, strings, numbers and operators, and leaves comments out', () => {
    const sql = "SELECT a.`b``c`, \"d\" /* ; */ -- ;\n, 'e''f\\'', 1.5e-3, x -> y::Int $tag$ ' $tag$";
    const texts = [...readTokens(sql)].map(({ value }) => value);
    expect(texts).toEqual([
      ...['SELECT', 'a', '.', 'b`c', ',', 'd', ',', "e'f'", ',', '1.5e-3', ',', 'x', '->', 'y', '::', 'Int'],
      "$tag$ ' $tag$",
    ]);
  });
});
