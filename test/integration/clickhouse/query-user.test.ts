import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../support/find-free-ports.ts';
import { ClickHouseProcess } from './clickhouse-process.ts';

let clickhouse: ClickHouseProcess;
let secretFile: string;
const SECRET = 'swordfish';

beforeAll(async () => {
  clickhouse = new ClickHouseProcess(await findFreePort());
  expect(
    await clickhouse.start({
      LAKE_S3_ENDPOINT: 'http://127.0.0.1:9',
      LAKE_BUCKET: 'tidemark-lake',
      AWS_ACCESS_KEY_ID: 'key-of-the-lake',
      AWS_SECRET_ACCESS_KEY: 'swordfish-of-the-lake',
    }),
  ).toBeUndefined();
  secretFile = join(clickhouse.state, 'secret.csv');
  for (const sql of [
    'CREATE DATABASE retail',
    `CREATE TABLE retail.hot (id UInt32, name String, version UInt32) ENGINE = ReplacingMergeTree(version) ORDER BY id`,
    `INSERT INTO retail.hot SELECT number, concat('n', toString(number)), 1 FROM numbers(3)`,
    `INSERT INTO retail.hot SELECT number, concat('m', toString(number)), 2 FROM numbers(2)`,
    'CREATE VIEW retail.merged SQL SECURITY DEFINER AS SELECT id, name FROM retail.hot FINAL WHERE id < 100',
    'CREATE TABLE default.plain (id UInt32) ENGINE = MergeTree ORDER BY id',
    `SELECT '${SECRET}' FROM numbers(1)`,
  ]) {
    await clickhouse.query('admin', sql);
  }
  await clickhouse.query('admin', `INSERT INTO FUNCTION file('${secretFile}', 'CSV', 's String') SELECT '${SECRET}'`);
  expect(readFileSync(secretFile, 'utf8')).toContain(SECRET);
}, 90_000);

afterAll(async () => {
  await clickhouse.stop();
  clickhouse.removeState();
}, 60_000);

describe('the user query', () => {
  it.each([
    [
      'reads a table merged, without asking for it',
      'SELECT id, name FROM retail.hot ORDER BY id',
      '0\tm0\n1\tm1\n2\tn2\n',
    ],
    ['reads a view over FINAL', 'SELECT count(), max(name) FROM retail.merged', '3\tn2\n'],
    [
      'uses common table expressions',
      'WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT y FROM b',
      '2\n',
    ],
    [
      'recurses',
      'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT sum(n) FROM r',
      '6\n',
    ],
    [
      'uses windows',
      'SELECT id, row_number() OVER (PARTITION BY id % 2 ORDER BY id DESC) FROM retail.hot ORDER BY id',
      '0\t2\n1\t1\n2\t1\n',
    ],
    [
      'joins',
      'SELECT a.id FROM retail.hot AS a INNER JOIN retail.merged AS b USING (id) WHERE b.name IN (SELECT name FROM retail.hot) ORDER BY a.id LIMIT 1',
      '0\n',
    ],
    ['reads a table by IN', 'SELECT count() FROM numbers(10) WHERE number IN default.plain', '0\n'],
    [
      'calls aggregate combinators',
      'SELECT sumIf(id, id > 0), uniqExactMerge(s) FROM (SELECT id, uniqExactState(name) AS s FROM retail.hot GROUP BY id)',
      '3\t3\n',
    ],
    [
      'writes literals, intervals and casts',
      "SELECT toDate('2026-01-31') + INTERVAL 1 MONTH, 1::Decimal(18, 4), CAST('a' AS LowCardinality(String)), [1, 2][1], (1, 'x').2",
      '2026-02-28\t1\ta\t1\tx\n',
    ],
    [
      'uses lambdas and applies functions to columns',
      "SELECT arrayMap(x -> upper(x), ['a']), * APPLY max FROM (SELECT 1 AS a)",
      "['A']\t1\n",
    ],
    [
      'replaces and excepts columns',
      'SELECT * EXCEPT (name) REPLACE (id + 1 AS id) FROM retail.hot ORDER BY id LIMIT 1',
      '1\t2\n',
    ],
    [
      'sees the schema',
      "SELECT name FROM system.columns WHERE database = 'retail' AND table = 'hot' ORDER BY position",
      'id\nname\nversion\n',
    ],
    [
      'sees information_schema',
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'retail' ORDER BY 1",
      'hot\nmerged\n',
    ],
    ['shows tables', 'SHOW TABLES FROM retail', 'hot\nmerged\n'],
    ['describes a table', 'DESCRIBE TABLE retail.merged', expect.stringContaining('id\tUInt32')],
    [
      'shows how a view is made',
      'SHOW CREATE TABLE retail.merged',
      expect.stringContaining('CREATE VIEW retail.merged'),
    ],
    ['asks what exists', 'EXISTS TABLE retail.nothing', '0\n'],
    ['explains', 'EXPLAIN SELECT count() FROM retail.hot', expect.stringContaining('ReadFrom')],
    ['sets what is harmless', 'SELECT 1 SETTINGS max_threads = 1, join_use_nulls = 1', '1\n'],
    [
      'makes rows of nothing',
      "SELECT count() FROM numbers(5) AS a, generateSeries(1, 2) AS b, values('c Int', 1, 2) AS c",
      '20\n',
    ],
    ['may use SQL in strings', "SELECT 'file(x); DROP TABLE y' AS `into outfile`", 'file(x); DROP TABLE y\n'],
    ['compares intersections', 'SELECT 1 INTERSECT SELECT 1', '1\n'],
    ['orders with fill', 'SELECT number FROM numbers(1) ORDER BY number WITH FILL FROM 0 TO 2', '0\n1\n'],
  ])('%s', async (_, sql, expected) => {
    expect(await clickhouse.query('query', sql)).toEqual(expected);
  });

  it('binds parameters, identifiers among them', async () => {
    const sql = 'SELECT count() FROM {d:Identifier}.{t:Identifier} WHERE name = {n:String} AND id < {m:UInt8}';
    expect(
      await clickhouse.query('query', sql, { param_d: 'retail', param_t: 'hot', param_n: 'm0', param_m: '5' }),
    ).toBe('1\n');
  });
});

/** Everything here must fail, and leave the world as it is. */
const ATTACKS: [name: string, sql: string | ((file: string) => string)][] = [
  ['reads a file', (f) => `SELECT * FROM file('${f}', 'CSV', 's String')`],
  [
    'reads a file in a subquery that undoes readonly',
    (f) => `SELECT * FROM (SELECT * FROM file('${f}', 'CSV', 's String') SETTINGS readonly = 0)`,
  ],
  [
    'reads a file in a CTE',
    (f) => `WITH x AS (SELECT * FROM file('${f}', 'CSV', 's String') SETTINGS readonly = 0) SELECT * FROM x`,
  ],
  [
    'reads a file in a scalar subquery',
    (f) => `SELECT (SELECT s FROM file('${f}', 'CSV', 's String') SETTINGS readonly = 0)`,
  ],
  ['reads a file in IN', (f) => `SELECT 1 IN (SELECT s FROM file('${f}', 'CSV', 's String') SETTINGS readonly = 0)`],
  ['reads a file in a join', (f) => `SELECT * FROM numbers(1) AS n, file('${f}', 'CSV', 's String') AS t`],
  [
    'reads a file in a UNION branch',
    (f) => `SELECT '' UNION ALL SELECT s FROM file('${f}', 'CSV', 's String') SETTINGS readonly = 0`,
  ],
  ['reads a file in EXISTS', (f) => `SELECT exists(SELECT 1 FROM file('${f}', 'CSV', 's String'))`],
  ['reads a file in view()', (f) => `SELECT * FROM view(SELECT * FROM file('${f}', 'CSV', 's String'))`],
  [
    'reads a file in viewExplain()',
    (f) => `SELECT * FROM viewExplain('EXPLAIN', '', (SELECT * FROM file('${f}', 'CSV', 's String')))`,
  ],
  ['reads a file by a function', (f) => `SELECT file('${f}')`],
  ['reads a file by a quoted function', (f) => `SELECT \`file\`('${f}')`],
  ['reads a file by a function in capitals', (f) => `SELECT FILE('${f}')`],
  ['reads a file by APPLY', (f) => `SELECT * APPLY file FROM (SELECT '${f}')`],
  ['reads a file by a lambda in APPLY', () => `SELECT * APPLY (x -> file(x)) FROM (SELECT 'x')`],
  ['reads a file in a lambda', (f) => `SELECT arrayMap(x -> file(x), ['${f}'])`],
  ['reads a file in a window', (f) => `SELECT sum(1) OVER (PARTITION BY file('${f}'))`],
  ['reads a file in a named window', (f) => `SELECT sum(1) OVER w FROM numbers(1) WINDOW w AS (ORDER BY file('${f}'))`],
  ['reads a file in INTERPOLATE', (f) => `SELECT 1 AS n, '' AS s ORDER BY n WITH FILL INTERPOLATE (s AS file('${f}'))`],
  ['reads a file in REPLACE', (f) => `SELECT * REPLACE (file('${f}') AS dummy) FROM system.one`],
  ['reads a file in LIMIT', (f) => `SELECT 1 LIMIT length(file('${f}'))`],
  ['reads a file as a table', (f) => `SELECT * FROM "${f}"`],
  ['reads a file as a table of default', (f) => `SELECT * FROM default.\`${f}\``],
  ['reads a file as a table behind IN', (f) => `SELECT 'swordfish' IN \`${f}\``],
  ['reads a file as a table of default behind IN', (f) => `SELECT 'swordfish' IN default.\`${f}\``],
  ['reads a file under the name of a CTE', (f) => `SELECT * FROM (WITH \`${f}\` AS (SELECT 1) SELECT 1), \`${f}\``],
  [
    'reads a file under the name and alias of a table',
    () => `SELECT * FROM default.\`plain (alias /../../../../../etc/passwd)\``,
  ],
  [
    'reads a file as a table with a line break in its name',
    () => 'SELECT * FROM `x\n      TableIdentifier retail.hot`',
  ],
  ['describes a file', (f) => `DESCRIBE TABLE file('${f}')`],
  ['describes a file as a table', (f) => `DESCRIBE TABLE "${f}"`],
  ['asks whether a file exists', (f) => `EXISTS TABLE default.\`${f}\``],
  ['shows how a file is made', (f) => `SHOW CREATE TABLE default.\`${f}\``],
  ['explains a file', (f) => `EXPLAIN SELECT * FROM file('${f}')`],
  [
    'explains a file with execution',
    (f) => `EXPLAIN PIPELINE SELECT * FROM (SELECT * FROM file('${f}') SETTINGS readonly = 0)`,
  ],
  ['describes a query over a file', (f) => `DESCRIBE TABLE (SELECT * FROM file('${f}') SETTINGS readonly = 0)`],
  ['hides a file in the condition of SHOW', (f) => `SHOW TABLES WHERE name = file('${f}')`],
  ['hides a file in a comment trick', (f) => `SELECT/**/*/**/FROM/**/file/**/('${f}')`],
  [
    'hides a file behind a parameterised aggregate',
    (f) => `SELECT quantile(length(file('${f}')))(number) FROM numbers(1)`,
  ],
  ['reads the file system', "SELECT * FROM filesystem('/etc')"],
  ['asks a URL', "SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 's String')"],
  ['asks S3', "SELECT * FROM s3('http://127.0.0.1:9/b/k', 'CSV', 's String')"],
  ['asks S3 with the keys of the lake', "SELECT * FROM s3(tidemark_lake, filename = 'x', format = 'CSV')"],
  ['asks the lake by a table function', "SELECT * FROM icebergS3(tidemark_lake, filename = 'x')"],
  ['asks another server', "SELECT * FROM remote('127.0.0.1:9', system.one)"],
  ['asks another server securely', "SELECT * FROM remoteSecure('127.0.0.1:9', system.one)"],
  ['asks a cluster', "SELECT * FROM cluster('default', system.one)"],
  ['asks MySQL', "SELECT * FROM mysql('127.0.0.1:9', 'd', 't', 'u', 'p')"],
  ['asks PostgreSQL', "SELECT * FROM postgresql('127.0.0.1:9', 'd', 't', 'u', 'p')"],
  ['asks MongoDB', "SELECT * FROM mongodb('127.0.0.1:9', 'd', 't', 'u', 'p', 'a Int')"],
  ['asks Redis', "SELECT * FROM redis('127.0.0.1:9', 'k', 'k String')"],
  ['asks SQLite', (f) => `SELECT * FROM sqlite('${f}', 't')`],
  ['asks ODBC', "SELECT * FROM odbc('DSN=x', 'd', 't')"],
  ['asks HDFS', "SELECT * FROM hdfs('hdfs://127.0.0.1:9/x', 'CSV', 's String')"],
  ['asks a server about a column', "SELECT hasColumnInTable('127.0.0.1:9', 'u', 'p', 'd', 't', 'c')"],
  ['calls a language model', "SELECT aiGenerate('x')"],
  ['runs a program', "SELECT * FROM executable('id', 'CSV', 's String')"],
  ['evaluates text as SQL', "SELECT * FROM eval('SELECT 1')"],
  ['merges tables it may not name', "SELECT * FROM merge('system', 'named.*')"],
  ['loops over a table', 'SELECT * FROM loop(system.named_collections) LIMIT 1'],
  ['parses a format', `SELECT * FROM format('JSONEachRow', '{"a":1}')`],
  ['reads the input', "SELECT * FROM input('a Int')"],
  ['asks a dictionary', "SELECT dictGet('d', 'a', 1)"],
  ['reads a dictionary', "SELECT * FROM dictionary('d')"],
  ['reads a part index', 'SELECT * FROM mergeTreeIndex(retail, hot)'],
  ['reads named collections', 'SELECT * FROM system.named_collections'],
  ['reads named collections by alias', 'SELECT t.* FROM numbers(1), system.named_collections AS t'],
  ['reads named collections quoted', 'SELECT * FROM `system`.`named_collections`'],
  ['reads named collections behind IN', "SELECT 'x' IN system.named_collections"],
  ['reads what others run', 'SELECT * FROM system.processes'],
  ['reads server settings', 'SELECT * FROM system.server_settings'],
  ['reads disks', 'SELECT * FROM system.disks'],
  ['reads a stack', 'SELECT * FROM system.stack_trace'],
  ['reads errors of others', 'SELECT * FROM system.errors'],
  ['shows what others run', 'SHOW PROCESSLIST'],
  ['shows secrets', 'SELECT * FROM system.tables SETTINGS format_display_secrets_in_show_and_select = 1'],
  ['reads a server setting', "SELECT getServerSetting('max_server_memory_usage')"],
  ['reads a macro', "SELECT getMacro('x')"],
  ['writes a file', (f) => `SELECT 1 INTO OUTFILE '${f}.out'`],
  ['writes a file over SHOW', (f) => `SHOW TABLES INTO OUTFILE '${f}.out'`],
  ['writes a file over DESCRIBE', (f) => `DESCRIBE TABLE retail.hot INTO OUTFILE '${f}.out'`],
  ['writes a file over EXPLAIN', (f) => `EXPLAIN SELECT 1 INTO OUTFILE '${f}.out'`],
  ['writes a file with a format', (f) => `SELECT 1 INTO OUTFILE '${f}.out' TRUNCATE FORMAT CSV`],
  ['writes a schema file', (f) => `SELECT 1 AS a FORMAT CapnProto SETTINGS output_format_schema = '${f}.out'`],
  ['reads a template file', (f) => `SELECT 1 FORMAT Template SETTINGS format_template_row = '${f}'`],
  [
    'reads a template file by a function',
    (f) => `SELECT formatRow('Template', 1) SETTINGS format_template_row = '${f}'`,
  ],
  ['reads a schema file', (f) => `SELECT 1 AS a FORMAT Protobuf SETTINGS format_schema = '${f}:M'`],
  [
    'asks a schema registry',
    "SELECT 1 AS a FORMAT AvroConfluent SETTINGS format_avro_schema_registry_url = 'http://127.0.0.1:9'",
  ],
  ['inserts', "INSERT INTO retail.hot VALUES (9, 'x', 9)"],
  ['inserts from a query', "INSERT INTO retail.hot SELECT 9, 'x', 9"],
  ['inserts into a file', (f) => `INSERT INTO FUNCTION file('${f}.out', 'CSV', 'a Int') SELECT 1`],
  ['inserts behind WITH', "WITH x AS (SELECT 9) INSERT INTO retail.hot SELECT 9, 'x', 9"],
  ['creates a table', 'CREATE TABLE retail.mine (a Int32) ENGINE = MergeTree ORDER BY a'],
  ['creates a temporary table', 'CREATE TEMPORARY TABLE mine (a Int32)'],
  ['creates a temporary table on a file', (f) => `CREATE TEMPORARY TABLE mine (s String) ENGINE = File(CSV, '${f}')`],
  ['creates a view', 'CREATE VIEW retail.mine AS SELECT 1'],
  ['creates a function', 'CREATE FUNCTION mine AS x -> file(x)'],
  ['creates a database', 'CREATE DATABASE mine'],
  ['creates a named collection', 'CREATE NAMED COLLECTION mine AS a = 1'],
  ['creates a user', 'CREATE USER mine'],
  ['drops a table', 'DROP TABLE retail.hot'],
  ['truncates a table', 'TRUNCATE TABLE retail.hot'],
  ['renames a table', 'RENAME TABLE retail.hot TO retail.cold'],
  ['detaches a table', 'DETACH TABLE retail.hot'],
  ['alters a table', 'ALTER TABLE retail.hot DELETE WHERE 1'],
  ['updates a table', "UPDATE retail.hot SET name = 'x' WHERE 1"],
  ['deletes rows', 'DELETE FROM retail.hot WHERE 1'],
  ['optimizes a table', 'OPTIMIZE TABLE retail.hot FINAL'],
  ['checks a table', 'CHECK TABLE retail.hot'],
  ['kills', 'KILL QUERY WHERE 1'],
  ['commands the system', 'SYSTEM FLUSH LOGS'],
  ['backs up', "BACKUP TABLE retail.hot TO File('/tmp/x')"],
  ['grants', 'GRANT ALL ON *.* TO query'],
  ['becomes another', 'EXECUTE AS admin SELECT 1'],
  ['sets readonly', 'SET readonly = 0'],
  ['raises its time', 'SELECT 1 SETTINGS max_execution_time = 31'],
  ['lifts its time', 'SELECT 1 SETTINGS max_execution_time = 0'],
  ['raises its threads', 'SELECT 1 SETTINGS max_threads = 8'],
  ['raises its memory', 'SELECT 1 SETTINGS max_memory_usage = 100000000000'],
  ['raises its limits in a subquery', 'SELECT * FROM (SELECT 1 SETTINGS max_execution_time = 31)'],
  ['allows introspection', 'SELECT 1 SETTINGS allow_introspection_functions = 1'],
  ['sends two statements', 'SELECT 1; SELECT 2'],
  ['sends a second statement behind a comment', 'SELECT 1; -- x\nDROP TABLE retail.hot'],
  ['sends a second statement behind a NUL', 'SELECT 1;\0DROP TABLE retail.hot'],
  ['closes the quotes', "SELECT 1'); DROP TABLE retail.hot; SELECT ('"],
  ['closes the quotes behind a backslash', "SELECT '\\'); DROP TABLE retail.hot; --"],
  ['starts a transaction', 'BEGIN TRANSACTION'],
  ['introspects addresses', 'SELECT addressToSymbol(1)'],
  ['sleeps in a file', (f) => `SELECT sleep(0) FROM file('${f}')`],
  ['copies', (f) => `COPY retail.hot TO '${f}.out'`],
  ['asks the query cache of others', 'SELECT * FROM system.query_cache'],
  ['attaches', (f) => `ATTACH TABLE retail.mine FROM '${f}' (a Int32) ENGINE = MergeTree ORDER BY a`],
  ['overrides a table', "EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:9', 'd', 't', 'u', 'p') PARTITION BY 1"],
];

describe('the user query, when it', () => {
  it.each(ATTACKS)('%s, is refused', async (_, attack) => {
    const sql = typeof attack === 'string' ? attack : attack(secretFile);
    const { status, text } = await clickhouse.send('query', sql);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain(`${SECRET}\n`);
    expect(text).not.toContain('root:');
    expect(text).toMatch(/^Code: (497|164|62|60|452)\./);
  });

  it.each<[string, Record<string, string>]>([
    ['readonly', { readonly: '0' }],
    ['a template', { format_template_row: '/etc/passwd', default_format: 'Template' }],
    ['a format with a clause', { default_format: 'TSV SETTINGS readonly = 0' }],
    ['a schema file', { output_format_schema: '/tmp/x' }],
    ['its execution time', { max_execution_time: '0' }],
    ['a setting with SQL in its name', { 'max_threads = 1; DROP TABLE retail.hot; SET x': '1' }],
    ['the system as database', { database: 'system' }],
    ['a database with SQL in its name', { database: 'x`; DROP TABLE retail.hot; --' }],
    ['another user', { user: 'admin', param_x: "1'; DROP TABLE retail.hot; --", readonly: '0' }],
  ])('sets %s in the URL, is refused', async (_, parameters) => {
    const { status } = await clickhouse.send('query', 'SELECT 1', parameters);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it.each([
    ['system.named_collections'],
    ['default./etc/passwd'],
    ['/etc/passwd'],
    ['x\n      TableIdentifier retail.hot'],
  ])('names the table %p by a parameter, is refused', async (name) => {
    const escaped = name.replace(/\n/g, '\\n');
    for (const sql of ['SELECT * FROM {t:Identifier}', 'SELECT 1 IN {t:Identifier}']) {
      const { status } = await clickhouse.send('query', sql, { param_t: escaped });
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it('names a table that it may read and then, in the same words, one that it may not, is refused', async () => {
    const sql = 'SELECT count() FROM {d:Identifier}.{t:Identifier}';
    await clickhouse.query('query', sql, { param_d: 'retail', param_t: 'hot' });
    const { status } = await clickhouse.send('query', sql, { param_d: 'system', param_t: 'named_collections' });
    expect(status).toBe(403);
  });

  it('makes the system its current database, cannot read what it could not name', async () => {
    const session = { session_id: 'attack' };
    await clickhouse.query('query', 'USE system', session);
    const { status, text } = await clickhouse.send('query', 'SELECT * FROM named_collections', session);
    expect(status).toBe(403);
    expect(text).not.toContain('tidemark_lake');
  });

  it('binds SQL as a value, gets it back as a value', async () => {
    const value = "1'; DROP TABLE retail.hot; --";
    expect(await clickhouse.query('query', 'SELECT {v:String}', { param_v: value })).toBe(
      "1\\'; DROP TABLE retail.hot; --\n",
    );
  });

  it('has changed nothing and written nothing after all this', async () => {
    expect(await clickhouse.query('admin', 'SHOW TABLES FROM retail')).toBe('hot\nmerged\n');
    expect(await clickhouse.query('admin', 'SELECT count(), max(version) FROM retail.hot')).toBe('5\t2\n');
    expect(await clickhouse.query('admin', 'SHOW DATABASES')).toBe(
      'INFORMATION_SCHEMA\ndefault\ninformation_schema\nretail\nsystem\n',
    );
    expect(existsSync(`${secretFile}.out`)).toBe(false);
  });
});

describe('the user ingest', () => {
  it('inserts into data tables and selects from them', async () => {
    await clickhouse.query('ingest', 'INSERT INTO default.plain VALUES (1), (2)');
    await clickhouse.query('ingest', 'INSERT INTO default.plain SELECT 3');
    expect(await clickhouse.query('ingest', 'SELECT sum(id) FROM default.plain')).toBe('6\n');
  });

  it.each([
    ["INSERT INTO FUNCTION file('/tmp/x', 'CSV', 'a Int') SELECT 1"],
    ["INSERT INTO default.plain SELECT toUInt32(length(file('/etc/passwd')))"],
    ["INSERT INTO default.plain SELECT * FROM url('http://127.0.0.1:9', 'CSV', 'id UInt32')"],
    ["INSERT INTO default.plain FROM INFILE '/etc/passwd' FORMAT CSV"],
    ['CREATE TABLE default.mine (a Int32) ENGINE = MergeTree ORDER BY a'],
    ['DROP TABLE default.plain'],
    ['TRUNCATE TABLE default.plain'],
    ['ALTER TABLE default.plain DELETE WHERE 1'],
    ['SELECT * FROM system.named_collections'],
    ["SELECT * FROM file('/etc/passwd')"],
    ["SELECT 1 INTO OUTFILE '/tmp/x'"],
    ['KILL QUERY WHERE 1'],
  ])('may not: %s', async (sql) => {
    const { status, text } = await clickhouse.send('ingest', sql);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('root:');
  });
});
