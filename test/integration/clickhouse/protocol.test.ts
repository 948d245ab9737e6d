import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as sendRequest } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../support/find-free-ports.ts';
import { ClickHouseProcess, PASSWORDS } from './clickhouse-process.ts';

let clickhouse: ClickHouseProcess;

beforeAll(async () => {
  clickhouse = new ClickHouseProcess(await findFreePort());
  await clickhouse.start();
  await clickhouse.query('admin', 'CREATE DATABASE shop');
  await clickhouse.query('admin', 'CREATE TABLE shop.lines (id UInt32, text String) ENGINE = MergeTree ORDER BY id');
}, 90_000);

afterAll(async () => {
  await clickhouse.stop();
  clickhouse.removeState();
}, 60_000);

describe('authentication', () => {
  const basic = `Basic ${Buffer.from(`admin:${PASSWORDS.admin}`).toString('base64')}`;
  const search = new URLSearchParams({ user: 'admin', password: PASSWORDS.admin });
  it.each([
    ['headers', '', { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': PASSWORDS.admin }, 200],
    ['HTTP Basic', '', { Authorization: basic }, 200],
    ['the query string', `?${search}`, {}, 200],
    ['a wrong password', '', { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': 'wrong' }, 403],
    ['an empty password', '', { 'X-ClickHouse-User': 'admin' }, 403],
    ['an unknown user', '?user=root&password=x', {}, 403],
    ['a user named like a property of objects', '?user=constructor&password=x', {}, 403],
    ['nothing', '', {}, 401],
  ])('by %s', async (_, path, headers, expected) => {
    const response = await fetch(`${clickhouse.url}/${path}`, { method: 'POST', body: 'SELECT 1', headers });
    expect(response.status).toBe(expected);
    expect(response.headers.get('X-ClickHouse-Exception-Code')).toBe({ 200: null, 403: '516', 401: '194' }[expected]);
  });
});

describe('health', () => {
  it.each(['/ping', '/replicas_status', '/'])('answers %s to everyone', async (path) => {
    expect(await (await fetch(`${clickhouse.url}${path}`)).text()).toBe('Ok.\n');
    expect((await fetch(`${clickhouse.url}${path}`, { method: 'HEAD' })).status).toBe(200);
  });

  it('knows no other path', async () => {
    expect((await fetch(`${clickhouse.url}/nothing`)).status).toBe(404);
  });
});

describe('a statement', () => {
  it.each([
    ['in the body', 'SELECT 1 + 1', {}, '2\n'],
    ['in the URL', '', { query: 'SELECT 1 + 1' }, '2\n'],
    ['half in the URL, half in the body', '+ 1', { query: 'SELECT 1' }, '2\n'],
    ['with a database', 'SELECT count() FROM lines', { database: 'shop' }, '0\n'],
    [
      'with parameters',
      'SELECT {a:Array(UInt8)}, {s:String}',
      { param_a: '[1,2]', param_s: "it's\\n" },
      "[1,2]\tit\\'s\\n\n",
    ],
    ['with a setting', "SELECT getSetting('max_block_size')", { max_block_size: '77' }, '77\n'],
    ['with a default format', 'SELECT 1 AS a', { default_format: 'JSONEachRow' }, '{"a":1}\n'],
    ['with a format of its own', 'SELECT 1 AS a FORMAT CSV', { default_format: 'JSONEachRow' }, '1\n'],
    ['with the format that writes nothing', 'SELECT 1 AS a FORMAT Null', {}, ''],
    ['with a semicolon and a comment', '-- hello\nSELECT 1; -- bye', {}, '1\n'],
    ['with settings before the format', 'SELECT 1 AS a SETTINGS max_threads = 1 FORMAT JSONEachRow', {}, '{"a":1}\n'],
    [
      'with all that drivers add',
      'SELECT 1',
      {
        session_id: 'a',
        session_timeout: '60',
        client_protocol_version: '54460',
        role: 'x',
        quota_key: 'q',
        send_progress_in_http_headers: '1',
        wait_end_of_query: '1',
        buffer_size: '10',
      },
      '1\n',
    ],
    ['that shows', "SHOW DATABASES LIKE 'shop'", { default_format: 'JSONEachRow' }, '{"name":"shop"}\n'],
  ])('%s', async (_, sql, parameters, expected) => {
    expect(await clickhouse.query('admin', sql, parameters as Record<string, string>)).toBe(expected);
  });

  it.each([
    ['nonsense', 'SELEKT 1', 62, 400],
    ['nothing', ' ', 62, 400],
    ['two statements', 'SELECT 1; SELECT 2', 62, 400],
    ['an unknown table', 'SELECT * FROM nothing', 60, 404],
    ['an unknown database', 'SELECT * FROM nothing.nothing', 81, 404],
    ['an unknown identifier', 'SELECT nothing', 47, 404],
    ['an unknown function', 'SELECT nosuch(1)', 46, 404],
    ['an unknown setting', 'SELECT 1 SETTINGS nothing = 1', 115, 404],
    [
      'too long a time',
      'SELECT sleepEachRow(1) FROM numbers(9) SETTINGS max_execution_time = 1, max_block_size = 1',
      159,
      408,
    ],
    ['an error of its own', "SELECT throwIf(1, 'so be it')", 395, 500],
    ['a value that does not parse', "SELECT toUInt8('x')", 6, 400],
  ])('that is %s, fails as on a server', async (_, sql, code, status) => {
    const answer = await clickhouse.send('admin', sql);
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .+\\([A-Z_]+\\) \\(version [\\d.]+ \\(chdb\\)\\)\\n$`, 's'),
    );
    expect(answer.headers.get('X-ClickHouse-Exception-Code')).toBe(String(code));
    expect(answer.status).toBe(status);
  });

  it('by GET may not write', async () => {
    const search = new URLSearchParams({ query: 'DROP DATABASE shop', user: 'admin', password: PASSWORDS.admin });
    const response = await fetch(`${clickhouse.url}/?${search}`);
    expect(await response.text()).toContain('READONLY');
  });

  it('is answered with the headers of a server', async () => {
    const { headers } = await clickhouse.send('admin', 'SELECT 1 FORMAT JSON', { query_id: 'mine' });
    expect(headers.get('X-ClickHouse-Query-Id')).toBe('mine');
    expect(headers.get('X-ClickHouse-Format')).toBe('JSON');
    expect(headers.get('X-ClickHouse-Timezone')).toBe('UTC');
    expect(headers.get('Content-Type')).toBe('application/json; charset=UTF-8');
    expect(JSON.parse(headers.get('X-ClickHouse-Summary') ?? '')).toMatchObject({ result_rows: '1' });
  });

  it('keeps what SET and USE said for its session, and for no other', async () => {
    const session = { session_id: 'keeps' };
    await clickhouse.query('admin', 'SET max_block_size = 78', session);
    await clickhouse.query('admin', 'USE shop', session);
    expect(await clickhouse.query('admin', "SELECT getSetting('max_block_size'), count() FROM lines", session)).toBe(
      '78\t0\n',
    );
    expect(await clickhouse.query('admin', "SELECT getSetting('max_block_size') = 78, currentDatabase()")).toBe(
      '0\tdefault\n',
    );
  });

  it('gives each of many at once its own parameters', async () => {
    const answers = Array.from({ length: 40 }, (_, n) =>
      clickhouse.query('admin', 'SELECT {n:UInt8}', { param_n: String(n) }),
    );
    expect(await Promise.all(answers)).toEqual(answers.map((_, n) => `${n}\n`));
  });

  it('knows no parameter that another request gave', async () => {
    await clickhouse.query('admin', 'SELECT {n:UInt8}', { param_n: '1' });
    await clickhouse.query('admin', 'SELECT {n:UInt8} + {m:UInt8}', { param_n: '1', param_m: '2' });

    const given: Record<string, string>[] = [{}, { param_m: '3' }];
    const codes = given.map(async (parameters) => {
      const { headers } = await clickhouse.send('admin', 'SELECT {n:UInt8}', parameters);
      return headers.get('X-ClickHouse-Exception-Code');
    });
    expect(await Promise.all(codes)).toEqual(['456', '456']);
  });
});

describe('inserted data', () => {
  const hostile = 'x\n\nCREATE TABLE shop.injected (a Int32) ENGINE = Memory;\n\n\0\n';

  it.each([
    [
      'the body behind a statement in the URL',
      (rows: string) => ({ query: 'INSERT INTO shop.lines FORMAT JSONEachRow', body: rows }),
    ],
    [
      'the body behind its statement',
      (rows: string) => ({ query: '', body: `INSERT INTO shop.lines (id, text) FORMAT JSONEachRow\n${rows}` }),
    ],
  ])('may hold anything: %s', async (_, build) => {
    await clickhouse.query('admin', 'TRUNCATE TABLE shop.lines');
    const rows = `${JSON.stringify({ id: 1, text: hostile })}\n\n\n${JSON.stringify({ id: 2, text: 'b' })}\n`;
    const { query, body } = build(rows);
    const { status, text, headers } = await clickhouse.send('ingest', body, query ? { query } : {});
    expect([status, text]).toEqual([200, '']);
    expect(JSON.parse(headers.get('X-ClickHouse-Summary') ?? '')).toMatchObject({ written_rows: '2' });
    const stored = await clickhouse.query('admin', 'SELECT text FROM shop.lines ORDER BY id FORMAT JSONCompactEachRow');
    expect(
      stored
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toEqual([[hostile], ['b']]);
    expect(await clickhouse.query('admin', 'EXISTS TABLE shop.injected')).toBe('0\n');
  });

  it.each([
    ['JSONEachRow', '{"id":1}\n\nCREATE TABLE shop.injected (a Int32) ENGINE = Memory\n'],
    ['JSONEachRow', '\n\nCREATE TABLE shop.injected (a Int32) ENGINE = Memory'],
    ['CSV', '1,a\n\n;CREATE TABLE shop.injected (a Int32) ENGINE = Memory'],
    ['TabSeparated', '1\ta\n\n\nCREATE TABLE shop.injected (a Int32) ENGINE = Memory\n'],
    ['Values', "(1, 'a');\n\nCREATE TABLE shop.injected (a Int32) ENGINE = Memory"],
    ['RowBinary', '\x0a\x0a\x0a\x0aCREATE TABLE shop.injected (a Int32) ENGINE = Memory'],
  ])('is never run as SQL: %s %j', async (format, body) => {
    await clickhouse.send('ingest', body, { query: `INSERT INTO shop.lines FORMAT ${format}` });
    await clickhouse.send('ingest', `INSERT INTO shop.lines FORMAT ${format}\n${body}`);
    expect(await clickhouse.query('admin', 'SHOW TABLES FROM shop')).toBe('lines\n');
  });

  it('in a binary format keeps 0x0A0A', async () => {
    await clickhouse.query('admin', 'TRUNCATE TABLE shop.lines');
    const text = Buffer.from('\n\n\n;SELECT 1\0\n\n');
    const row = Buffer.concat([Buffer.from([10, 10, 10, 10, text.length]), text]);
    const init = { body: row };
    const { status } = await clickhouse.send('ingest', '', { query: 'INSERT INTO shop.lines FORMAT RowBinary' }, init);
    expect(status).toBe(200);
    const stored = await clickhouse.query('admin', 'SELECT id, hex(text) FROM shop.lines');
    expect(stored).toBe(`${0x0a0a0a0a}\t${text.toString('hex').toUpperCase()}\n`);
  });

  it.each([
    ['VALUES', "INSERT INTO shop.lines VALUES (1, 'a'), (1 + 1, concat('b', 'c'))", '1\ta\n2\tbc\n'],
    ['a query', "INSERT INTO shop.lines SELECT number, 'q' FROM numbers(1)", '0\tq\n'],
    [
      'input()',
      "INSERT INTO shop.lines SELECT a * 10, upper(b) FROM input('a UInt32, b String') FORMAT CSV\n1,x\n2,y\n",
      '10\tX\n20\tY\n',
    ],
    ['nothing', 'INSERT INTO shop.lines FORMAT JSONEachRow', ''],
  ])('comes by %s', async (_, sql, expected) => {
    await clickhouse.query('admin', 'TRUNCATE TABLE shop.lines');
    await clickhouse.query('ingest', sql);
    expect(await clickhouse.query('admin', 'SELECT * FROM shop.lines ORDER BY id')).toBe(expected);
  });

  it('fills ephemeral columns and defaults', async () => {
    await clickhouse.query(
      'admin',
      `CREATE TABLE shop.letters (id UInt32, value_base64 Nullable(String) EPHEMERAL, value Nullable(String)
       DEFAULT base64Decode(value_base64), note String DEFAULT 'none') ENGINE = MergeTree ORDER BY id`,
    );
    await clickhouse.query(
      'ingest',
      'INSERT INTO shop.letters (id, value_base64) FORMAT JSONEachRow\n{"id":1,"value_base64":"AAEK"}\n{"id":2}',
    );
    const stored = await clickhouse.query('admin', 'SELECT id, hex(value), note FROM shop.letters ORDER BY id');
    expect(stored).toBe('1\t00010A\tnone\n2\t\\N\tnone\n');
    await clickhouse.query('admin', 'DROP TABLE shop.letters');
  });

  it('that is bad stores nothing and says where', async () => {
    await clickhouse.query('admin', 'TRUNCATE TABLE shop.lines');
    const { status, text } = await clickhouse.send(
      'ingest',
      'INSERT INTO shop.lines FORMAT JSONEachRow\n{"id":1}\n{"id":"x"}',
    );
    expect(status).toBe(400);
    expect(text).toContain('row 2');
    expect(await clickhouse.query('admin', 'SELECT count() FROM shop.lines')).toBe('0\n');
  });

  it('may be compressed', async () => {
    await clickhouse.query('admin', 'TRUNCATE TABLE shop.lines');
    const init = {
      body: gzipSync('INSERT INTO shop.lines FORMAT CSV\n7,seven\n'),
      headers: { 'Content-Encoding': 'gzip' },
    };
    expect((await clickhouse.send('ingest', '', {}, init)).text).toBe('');
    const broken = { body: Buffer.from('no gzip'), headers: { 'Content-Encoding': 'gzip' } };
    expect((await clickhouse.send('ingest', '', {}, broken)).status).toBeGreaterThanOrEqual(400);
    expect(await clickhouse.query('admin', 'SELECT * FROM shop.lines')).toBe('7\tseven\n');
  });

  it('of 100 MB goes through a file', async () => {
    await clickhouse.query('admin', 'TRUNCATE TABLE shop.lines');
    async function* rows() {
      const text = 'y'.repeat(990);
      for (let chunk = 0; chunk < 100; chunk += 1) yield Buffer.from(`${chunk},${text}\n`.repeat(1_000));
    }
    const upload = sendRequest(`${clickhouse.url}/?query=${encodeURIComponent('INSERT INTO shop.lines FORMAT CSV')}`, {
      method: 'POST',
      headers: { 'X-ClickHouse-User': 'ingest', 'X-ClickHouse-Key': PASSWORDS.ingest },
    });
    for await (const chunk of rows()) if (!upload.write(chunk)) await once(upload, 'drain');
    upload.end();
    const [response] = await once(upload, 'response');
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(await clickhouse.query('admin', 'SELECT count(), uniqExact(id) FROM shop.lines')).toBe('100000\t100\n');
  }, 60_000);
});

describe('a result', () => {
  it('is compressed when the client asks', async () => {
    const raw = await new Promise<{ encoding: unknown; bytes: Buffer }>((resolve, reject) => {
      const search = new URLSearchParams({ query: 'SELECT number FROM numbers(100000)', enable_http_compression: '1' });
      const headers = { 'X-ClickHouse-User': 'query', 'X-ClickHouse-Key': PASSWORDS.query, 'Accept-Encoding': 'gzip' };
      const request = sendRequest(`${clickhouse.url}/?${search}`, { headers }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) });
      });
      request.once('error', reject).end();
    });
    expect(raw.encoding).toBe('gzip');
    expect(gunzipSync(raw.bytes).toString().split('\n')).toHaveLength(100_001);
  });

  it('of many blocks is one JSON document', async () => {
    const text = await clickhouse.query('query', 'SELECT number FROM numbers(300000) FORMAT JSONCompact');
    expect((JSON.parse(text) as { data: unknown[] }).data).toHaveLength(300_000);
  });

  it('of 1 GB streams through without filling memory', async () => {
    const before = await readResidentBytes();
    const search = new URLSearchParams({ query: 'SELECT number, toString(number) FROM numbers(60000000)' });
    const headers = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': PASSWORDS.admin };
    const request = sendRequest(`${clickhouse.url}/?${search}`, { headers }).end();
    const [response] = await once(request, 'response');
    let bytes = 0;
    let peak = 0;
    for await (const chunk of response) {
      bytes += chunk.length;
      if (bytes % 40 === 0) peak = Math.max(peak, await readResidentBytes());
    }
    expect(bytes).toBeGreaterThan(1_000_000_000);
    expect(peak - before).toBeLessThan(400_000_000);
  }, 120_000);

  it('that fails midway says so in the body and breaks off', async () => {
    const sql = 'SELECT throwIf(number = 5000000), number FROM numbers(10000000)';
    const request = sendRequest(`${clickhouse.url}/`, {
      method: 'POST',
      headers: { 'X-ClickHouse-User': 'query', 'X-ClickHouse-Key': PASSWORDS.query },
    }).end(sql);
    const [response] = await once(request, 'response');
    let tail = '';
    const reading = (async () => {
      for await (const chunk of response) tail = (tail + chunk).slice(-2_000);
    })();
    await expect(reading).rejects.toThrow('aborted');
    expect(response.statusCode).toBe(200);
    const tag = response.headers['x-clickhouse-exception-tag'];
    expect(tail).toContain(`__exception__\r\n${tag}\r\nCode: 395.`);
  }, 30_000);
});

describe('@clickhouse/client', () => {
  it('queries, streams, inserts, commands and reports errors', async () => {
    const client = createClient({
      url: clickhouse.url,
      username: 'admin',
      password: PASSWORDS.admin,
      compression: { request: true, response: true },
    });
    expect((await client.ping()).success).toBe(true);
    await client.command({ query: 'CREATE TABLE shop.js (a UInt32, b String) ENGINE = MergeTree ORDER BY a' });
    await client.insert({
      table: 'shop.js',
      values: [
        { a: 1, b: 'x\n\ny' },
        { a: 2, b: "it's" },
      ],
      format: 'JSONEachRow',
    });
    const result = await client.query({
      query: 'SELECT * FROM shop.js WHERE a >= {from:UInt32} ORDER BY a',
      query_params: { from: 1 },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([
      { a: 1, b: 'x\n\ny' },
      { a: 2, b: "it's" },
    ]);
    const streamed = await client.query({ query: 'SELECT number FROM numbers(200000)', format: 'JSONCompactEachRow' });
    let rows = 0;
    for await (const chunk of streamed.stream()) rows += chunk.length;
    expect(rows).toBe(200_000);
    await expect(client.query({ query: 'SELECT nothing' })).rejects.toMatchObject({
      code: '47',
      type: 'UNKNOWN_IDENTIFIER',
    });
    await client.command({ query: 'DROP TABLE shop.js' });
    await client.close();
  });
});

async function readResidentBytes(): Promise<number> {
  const status = await readFile(`/proc/${clickhouse.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
