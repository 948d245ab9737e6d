import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClickHouseProcess, PASSWORDS } from '../integration/clickhouse/clickhouse-process.ts';
import { findFreePort } from '../support/find-free-ports.ts';

const SCAN_MS = 20_000;
const BATCH_INTERVAL_MS = 200;
const EVENTS_PER_BATCH = 100;

let clickhouse: ClickHouseProcess;

beforeAll(async () => {
  clickhouse = new ClickHouseProcess(await findFreePort());
  await clickhouse.start();
  await clickhouse.query(
    'admin',
    `CREATE TABLE default.hot (_partition Int32, _offset Int64, payload String)
     ENGINE = ReplacingMergeTree PARTITION BY (_partition, intDiv(_offset, 1000000)) ORDER BY (_partition, _offset)`,
  );
}, 90_000);

afterAll(async () => {
  await clickhouse.stop();
  clickhouse.removeState();
});

describe('ingest at 500 events a second', () => {
  it('keeps its p99 under 600 ms beside a 20 s scan and a streamed download, and loses nothing', async () => {
    const scan = clickhouse.send('query', 'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) % 7 = 1', {
      max_execution_time: String(SCAN_MS / 1000),
    });
    const download = startDownload();
    const durations = await insertFor(SCAN_MS - 2_000);
    const { status, text } = await scan;
    const downloadedBytes = await download.stop();

    expect(status).toBe(408);
    expect(text).toContain('TIMEOUT_EXCEEDED');
    expect(downloadedBytes).toBeGreaterThan(50_000_000);
    const p99 = percentile(durations, 0.99);
    const figures = `insert p50 ${percentile(durations, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
    console.log(`${figures}; beside it ${(downloadedBytes / 1e6).toFixed(0)} MB downloaded`);
    expect(p99).toBeLessThan(600);
    const stored = await clickhouse.query('query', 'SELECT count() FROM default.hot');
    expect(Number(stored)).toBe(durations.length * EVENTS_PER_BATCH);
  }, 60_000);
});

describe('a user query with more statements than places', () => {
  it('is refused, while others are answered; clients that go free their places', async () => {
    const abort = new AbortController();
    const sql = 'SELECT sleepEachRow(1) FROM numbers(25) SETTINGS max_block_size = 1';
    const running = Array.from({ length: 8 }, () => clickhouse.send('query', sql, {}, { signal: abort.signal }));
    await waitForProcesses(8);
    const { status, text } = await clickhouse.send('query', 'SELECT 1');
    expect(status).toBe(500);
    expect(text).toContain('TOO_MANY_SIMULTANEOUS_QUERIES');
    expect(await clickhouse.query('ingest', 'SELECT 1')).toBe('1\n');
    expect(await clickhouse.query('admin', 'SELECT 1')).toBe('1\n');

    abort.abort();
    for (const { status: outcome } of await Promise.allSettled(running)) expect(outcome).toBe('rejected');
    await waitForProcesses(0);
    expect(await clickhouse.query('query', 'SELECT 1')).toBe('1\n');
  }, 60_000);
});

/** Reads an endless result at about 20 MB/s, as a client on a slow line does. */
function startDownload() {
  let bytes = 0;
  const sql = encodeURIComponent('SELECT number, toString(number) FROM numbers(100000000000)');
  const headers = { 'X-ClickHouse-User': 'query', 'X-ClickHouse-Key': PASSWORDS.query };
  const request = get(`${clickhouse.url}/?query=${sql}`, { headers });
  const reading = (async () => {
    const [response] = await once(request, 'response');
    for await (const chunk of response) {
      bytes += chunk.length;
      await delay(chunk.length / 20_000);
    }
  })().catch(() => undefined);
  return {
    async stop(): Promise<number> {
      request.destroy();
      await reading;
      return bytes;
    },
  };
}

/** Sends a batch every 200 ms, whether or not the one before is answered, as several partitions' invocations do. */
async function insertFor(durationMs: number): Promise<number[]> {
  const batches = Array.from({ length: Math.floor(durationMs / BATCH_INTERVAL_MS) }, async (_, batch) => {
    await delay(batch * BATCH_INTERVAL_MS);
    const rows = Array.from({ length: EVENTS_PER_BATCH }, (_, index) =>
      JSON.stringify({ _partition: 0, _offset: batch * EVENTS_PER_BATCH + index, payload: 'x'.repeat(200) }),
    );
    const sentAt = performance.now();
    await clickhouse.query('ingest', `INSERT INTO default.hot FORMAT JSONEachRow\n${rows.join('\n')}`);
    return performance.now() - sentAt;
  });
  return Promise.all(batches);
}

async function waitForProcesses(count: number): Promise<void> {
  const deadline = Date.now() + 15_000;
  const sql = `SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleepEachRow(1)%'`;
  while (Number(await clickhouse.query('admin', sql)) !== count) {
    if (Date.now() > deadline) throw new Error(`not ${count} statements within 15 s`);
    await delay(20);
  }
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
