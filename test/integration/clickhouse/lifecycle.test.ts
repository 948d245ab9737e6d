import { rmSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../support/find-free-ports.ts';
import { ClickHouseProcess } from './clickhouse-process.ts';

let clickhouse: ClickHouseProcess;

beforeAll(async () => {
  clickhouse = new ClickHouseProcess(await findFreePort());
  await clickhouse.start({
    LAKE_S3_ENDPOINT: 'http://127.0.0.1:9/',
    LAKE_BUCKET: 'lake',
    AWS_ACCESS_KEY_ID: 'the-key',
    AWS_SECRET_ACCESS_KEY: 'the-secret',
  });
}, 90_000);

afterAll(async () => {
  await clickhouse.stop();
  clickhouse.removeState();
}, 60_000);

describe('the ClickHouse process', () => {
  it('prints where it serves', () => {
    expect(clickhouse.lines).toContain(`ready ${clickhouse.url}`);
  });

  it('refuses a second process on its directory with one sentence', async () => {
    const second = new ClickHouseProcess(await findFreePort(), clickhouse.state);
    expect(await second.start()).toBe(1);
    expect(second.lines.at(-1)).toMatch(/^ClickHouse cannot open .+ set TIDEMARK_STATE to another directory\.$/);
    expect(await clickhouse.query('query', 'SELECT 1')).toBe('1\n');
  }, 60_000);

  it('refuses a busy port with one sentence', async () => {
    const second = new ClickHouseProcess(clickhouse.port);
    expect(await second.start()).toBe(1);
    expect(second.lines).toEqual([
      `Port ${clickhouse.port} is busy: stop what listens there, or set CLICKHOUSE_PORT to another one.`,
    ]);
    // Its spool would otherwise stay in memory, too.
    expect(() => statSync(`${second.state}/clickhouse-spool`)).toThrow('ENOENT');
    second.removeState();
  }, 60_000);

  it('refuses to start without passwords with one sentence', async () => {
    const second = new ClickHouseProcess(await findFreePort());
    expect(await second.start({ CLICKHOUSE_QUERY_PASSWORD: '' })).toBe(1);
    expect(second.lines).toEqual(["CLICKHOUSE_QUERY_PASSWORD is not set: ClickHouse's users need their passwords."]);
    second.removeState();
  }, 60_000);

  it('keeps the keys of the lake in a named collection, and out of sight', async () => {
    const collections = await clickhouse.query(
      'admin',
      'SELECT name, toString(collection) FROM system.named_collections',
    );
    expect(collections).toContain('tidemark_lake');
    expect(collections).not.toContain('the-secret');
  });

  it('loses no acknowledged insert to kill -9, and is back soon', async () => {
    await clickhouse.query(
      'admin',
      'CREATE TABLE default.kept (batch UInt32, n UInt32) ENGINE = MergeTree ORDER BY batch',
    );
    const acknowledged: number[] = [];
    const inserting = (async () => {
      for (let batch = 0; ; batch += 1) {
        const rows = Array.from({ length: 50 }, (_, n) => `${batch},${n}`).join('\n');
        await clickhouse.query('ingest', `INSERT INTO default.kept FORMAT CSV\n${rows}`);
        acknowledged.push(batch);
        if (acknowledged.length === 30) void clickhouse.stop('SIGKILL');
      }
    })();
    await expect(inserting).rejects.toThrow();
    await clickhouse.stop('SIGKILL');

    const startedAt = performance.now();
    expect(await clickhouse.start()).toBeUndefined();
    console.log(`ready ${(performance.now() - startedAt).toFixed(0)} ms after kill -9`);
    const stored = await clickhouse.query('admin', 'SELECT batch FROM default.kept GROUP BY batch HAVING count() = 50');
    const batches = new Set(stored.trim().split('\n').map(Number));
    for (const batch of acknowledged) expect(batches).toContain(batch);
  }, 120_000);

  it('ends with code 0 on SIGTERM although a statement runs, and leaves nothing in memory', async () => {
    const running = clickhouse.send('admin', 'SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1');
    const outcome = expect(running).rejects.toThrow();
    const processes = `SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleepEachRow%'`;
    while ((await clickhouse.query('admin', processes)) !== '1\n');
    // The statement would take twice as long as this test may.
    expect(await clickhouse.stop()).toBe(0);
    await outcome;
    expect(() => statSync(`${clickhouse.state}/clickhouse-spool`)).toThrow('ENOENT');
  }, 30_000);

  it('starts by itself with the threads it needs, and ends with its parent', async () => {
    const alone = new ClickHouseProcess(await findFreePort());
    expect(await alone.start({ UV_THREADPOOL_SIZE: undefined as unknown as string })).toBeUndefined();
    await alone.stop('SIGKILL');
    const deadline = Date.now() + 20_000;
    const isServing = () =>
      fetch(`${alone.url}/ping`).then(
        (response) => response.ok,
        () => false,
      );
    while ((await isServing()) && Date.now() < deadline);
    expect(await isServing()).toBe(false);
    rmSync(alone.state, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }, 60_000);
});
