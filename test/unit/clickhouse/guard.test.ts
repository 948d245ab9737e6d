import { describe, expect, it } from '@jest/globals';
import {
  isAllowedFunction,
  isAllowedSetting,
  isAllowedTableFunction,
} from '../../../localstack/clickhouse/guard/allow-lists.ts';
import { checkTokens } from '../../../localstack/clickhouse/guard/check-tokens.ts';
import { readSyntaxTree } from '../../../localstack/clickhouse/guard/syntax-tree.ts';
import { readTokens } from '../../../localstack/clickhouse/sql-tokens.ts';

describe('the allow-lists', () => {
  it.each(['sum', 'SUM', 'uniqExactMergeIf', 'toStartOfInterval', 'quantileTDigest', 'countDistinct'])(
    'hold %s',
    (name) => {
      expect(isAllowedFunction(name)).toBe(true);
    },
  );

  it.each([
    ...['file', 'FILE', 'url', 'dictGet', 'hasColumnInTable', 'joinGet', 'getServerSetting', 'aiGenerate', 'formatRow'],
    ...['addressToSymbol', 'catboostEvaluate', 'if_', 'State', '', 'sumNothing', 'constructor'],
  ])('do not hold %p', (name) => {
    expect(isAllowedFunction(name)).toBe(false);
    expect(isAllowedTableFunction(name)).toBe(false);
  });

  it.each([
    ...['readonly', 'format_schema', 'format_template_row', 'output_format_schema', 'max_threads', 'allow_ddl'],
    ...['format_avro_schema_registry_url', 'format_display_secrets_in_show_and_select', 'input_format_schema_x'],
  ])('do not hold the setting %s', (name) => {
    expect(isAllowedSetting(name)).toBe(false);
  });
});

describe('checkTokens', () => {
  const check = (sql: string) => () => checkTokens([...readTokens(sql)]);

  it.each([
    'SELECT * APPLY file FROM t',
    'SELECT * APPLY x -> file(x) FROM t',
    'SHOW TABLES WHERE file(name)',
    'SELECT `file`(1)',
    "SELECT 1 INTO OUTFILE 'x'",
    "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
    "SELECT * FROM input('a Int')",
    'SELECT `a\\n b`',
    'SELECT `a (alias b)`',
  ])('refuses %p', (sql) => {
    expect(check(sql)).toThrow('not allowed');
  });

  it.each([
    'SELECT * APPLY sum FROM t WHERE (a IN (1)) AND (NOT (b))',
    'SELECT {p:Decimal(18, 4)}, {q:Array(Nullable(String))}',
    'INSERT INTO db.file (a) FORMAT CSV',
    'WITH x AS (SELECT 1) SELECT sum(a) OVER (PARTITION BY b) FROM x',
  ])('lets %p pass', (sql) => {
    expect(check(sql)).not.toThrow();
  });
});

describe('readSyntaxTree', () => {
  it('reads types, names, parents', () => {
    const text =
      'SelectQuery (children 1)\n ExpressionList (children 1)\n  Function sum (alias a) (children 1)\n   Literal UInt64_1\n';
    const nodes = readSyntaxTree(text);
    expect(nodes.map(({ type, name, parent }) => [type, name, parent?.type])).toEqual([
      ['SelectQuery', '', undefined],
      ['ExpressionList', '', 'SelectQuery'],
      ['Function', 'sum', 'ExpressionList'],
      ['Literal', 'UInt64_1', 'Function'],
    ]);
  });
});
