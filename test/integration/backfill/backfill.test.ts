import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { hashSubject } from '@tidemark/domains/erasure';
import { findDeclaration } from '@tidemark/domains/index';
import { storeErasureStep } from '@tidemark/platform/erasures';
import { createKafka } from '@tidemark/platform/kafka/client';
import type { KafkaRecord } from '@tidemark/platform/kafka/log';
import { openTransactionalWriter, WriterFenced } from '@tidemark/platform/kafka/transactional-writer';
import { findSourceFiles } from '@tidemark/platform/source-files';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { type LoadInput, LoadRefused, loadFile } from '../../../functions/batch/backfill/load-file.ts';
import { silentLog } from '../../support/compaction.ts';
import { type KafkaAndClickHouse, startKafkaAndClickHouse } from '../../support/kafka-and-clickhouse.ts';
import { waitUntil } from '../../support/wait-until.ts';

jest.setTimeout(120_000);

const declared = findDeclaration('retail_events').stream;

let world: KafkaAndClickHouse;
let dir: string;
/** Each test has a topic and a load of its own. */
let stream: typeof declared;
let loadId: string;
let tests = 0;

beforeAll(async () => {
  world = await startKafkaAndClickHouse();
  dir = await mkdtemp(join(tmpdir(), 'tidemark-test-backfill-'));
}, 240_000);

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await world?.stop();
}, 60_000);

beforeEach(async () => {
  tests += 1;
  stream = { ...declared, topic: `backfill-${tests}` };
  loadId = `load-${tests}`;
  await world.kafka.createTopic(stream.topic, { partitions: 3 });
});

describe('loading a file', () => {
  it('reads CSV with renamed columns, and gives text that is a number as one, digit for digit', async () => {
    const path = await write('a.csv', [
      '\ufeffevent_time,shop,product_id,category,transaction_type,quantity,unit_price,event_id',
      '2024-01-01 10:00:00,3,"Lamp, ""small""",Home,SALE,2,19.90,',
      '2024-01-01 10:00:01,3,Chair,Home,SALE,2,12345678901234567.25,e-1',
    ]);

    const report = await load(path, { mapping: { shop: 'store_id' } });

    expect(report).toMatchObject({ status: 'done', records: 2, dead_letters_now: { number_precision: 1 } });
    const values = (await readTopic()).map(({ value }) => String(value)).sort();
    expect(values[0]).toBe(
      '{"event_time":"2024-01-01 10:00:00","store_id":3,"product_id":"Lamp, \\"small\\"","category":"Home","transaction_type":"SALE","quantity":2,"unit_price":19.90}',
    );
    expect(values[1]).toContain('"unit_price":12345678901234567.25,"event_id":"e-1"');
  });

  it('reads NDJSON byte for byte, packed or not', async () => {
    const lines = [JSON.stringify(event(0)), '{"not": "an event" }', 'poison', JSON.stringify(event(1))];
    await load(await write('b.ndjson', lines, '\r\n'));
    expect((await readTopic()).map(({ value }) => String(value)).sort()).toEqual([...lines].sort());

    loadId = `${loadId}-gz`;
    const packed = join(dir, 'b.jsonl.gz');
    await writeFile(packed, gzipSync(lines.join('\n')));
    expect(await load(packed)).toMatchObject({ records: 4, dead_letters_now: { missing_field: 1, invalid_json: 1 } });
    expect(await readTopic()).toHaveLength(8);
  });

  it('reads Parquet, whose moments it writes as the schema wants them', async () => {
    const path = join(dir, 'c.parquet');
    const columnData = [
      { name: 'event_time', data: [new Date(Date.UTC(2024, 0, 1, 10)), new Date(Date.UTC(2024, 0, 2))] },
      { name: 'store_id', data: [1, 2], type: 'INT32' as const },
      { name: 'product_id', data: ['Lamp', 'Chair'] },
      { name: 'category', data: ['Home', 'Home'] },
      { name: 'transaction_type', data: ['SALE', 'RETURN'] },
      { name: 'quantity', data: [5n, 6n], type: 'INT64' as const },
      { name: 'unit_price', data: [1.5, 2.25], type: 'DOUBLE' as const },
      { name: 'event_id', data: ['x', null] },
    ];
    await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData })));

    expect(await load(path)).toMatchObject({ status: 'done', records: 2, percent: 100, dead_letters_now: {} });

    const values = (await readTopic()).map(({ value }) => JSON.parse(String(value)));
    expect(values.sort((a, b) => a.store_id - b.store_id)[1]).toEqual({
      event_time: '2024-01-02 00:00:00',
      store_id: 2,
      product_id: 'Chair',
      category: 'Home',
      transaction_type: 'RETURN',
      quantity: 6,
      unit_price: 2.25,
    });
  });

  it('gives every event the key that its stream gives it', async () => {
    await load(await write('d.ndjson', [JSON.stringify(event(4)), 'poison']));

    const keys = (await readTopic()).map(({ key, value }) => [key === null ? null : String(key), value?.[0]]);
    expect(new Map(keys.map(([key, first]) => [first, key]))).toEqual(
      new Map([
        ['{'.charCodeAt(0), '4'],
        ['p'.charCodeAt(0), null],
      ]),
    );
  });

  it('leaves out the past of somebody who was erased, and goes on behind it', async () => {
    stream = { ...stream, name: `forgetful-${tests}` };
    const subject = { column: '_key', salt: 's', subjectHash: hashSubject('s', '3') };
    const erasure = { id: `e-${tests}`, stream: stream.name, ends: new Map(), positions: [], ...subject };
    await storeErasureStep(world.admin, erasure, { status: 'finished', snapshot: 1, recordsSnapshot: 1 });
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    const later = { ...event(3), event_time: inAnHour };
    const path = await write(
      'erased.ndjson',
      [event(3), event(53), event(4), later].map((each) => JSON.stringify(each)),
    );

    expect(await load(path, { deadlineMs: 0 })).toMatchObject({ status: 'paused', records: 1, erased_now: 1 });
    expect(await load(path)).toMatchObject({ status: 'done', records: 4, records_now: 3, erased_now: 1 });

    const values = (await readTopic()).map(({ value }) => JSON.parse(String(value)));
    expect(values.map(({ event_time, store_id }) => [event_time, store_id]).sort()).toEqual([
      [event(4).event_time, 4],
      [inAnHour, 3],
    ]);
  });

  it('judges it in a dry run, and produces nothing', async () => {
    const path = await write('e.ndjson', [JSON.stringify(event(0)), 'poison']);

    expect(await load(path, { isDryRun: true })).toMatchObject({
      status: 'dry_run',
      records: 2,
      dead_letters_now: { invalid_json: 1 },
    });
    expect(await readTopic()).toEqual([]);
  });

  it('stops when its time is up and goes on at the next invocation; once done, it does nothing', async () => {
    const path = await writeEvents('f.ndjson', 9_000);

    const reports = [];
    do reports.push(await load(path, { deadlineMs: 0 }));
    while (reports.at(-1)?.status === 'paused');

    expect(reports.map(({ records }) => records)).toEqual([2_000, 4_000, 6_000, 8_000, 9_000]);
    expect(reports[0]?.percent).toBeLessThan(100);
    expect(await load(path)).toMatchObject({ status: 'already_done', records: 9_000, records_now: 0 });
    expect((await readProducts()).sort()).toEqual(productsOf(9_000));
  });

  it('refuses a file that has changed under the same id, half-way and done', async () => {
    const path = await writeEvents('g.ndjson', 5_000);
    await load(path, { deadlineMs: 0 });
    await writeEvents('g.ndjson', 5_001);
    await expect(load(path)).rejects.toThrow(LoadRefused);
    await writeEvents('g.ndjson', 5_000);
    expect(await load(path)).toMatchObject({ status: 'done', records: 5_000 });
    await writeEvents('g.ndjson', 5_001);

    await expect(load(path)).rejects.toThrow('is of another file');
    expect(await readTopic()).toHaveLength(5_000);
  });

  it('refuses to guess when Kafka has forgotten its progress', async () => {
    const path = await writeEvents('h.ndjson', 5_000);
    await load(path, { deadlineMs: 0 });
    const admin = createKafka({ brokers: [world.kafka.brokers], clientId: 'forget' }).admin();
    await admin.connect();
    await admin.deleteGroups([`tidemark-backfill-${loadId}`]);
    await admin.disconnect();

    await expect(load(path)).rejects.toThrow('Kafka has forgotten');
  });

  it('of two at once, lets one finish and fences the other', async () => {
    const path = await writeEvents('i.ndjson', 8_000);

    const outcomes = await Promise.allSettled([load(path), load(path)]);
    await load(path);

    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(reasons.every((reason) => reason instanceof WriterFenced)).toBe(true);
    expect((await readProducts()).sort()).toEqual(productsOf(8_000));
  });
});

describe('a loader that is killed with kill -9 again and again', () => {
  it('has neither lost nor doubled a record when it is done', async () => {
    // Far behind the last kill, which takes a moment to come.
    const total = 24_000;
    const path = await writeEvents('killed.ndjson', total);
    let kills = 0;
    for (const killAt of [2_000, 7_000]) {
      const child = startLoader(path);
      await waitUntil(async () => (await countWritten()) >= killAt, { withinMs: 40_000, everyMs: 5 });
      child.kill('SIGKILL');
      const [, signal] = await once(child, 'exit');
      if (signal === 'SIGKILL') kills += 1;
    }
    const [code] = await once(startLoader(path), 'exit');

    expect({ code, kills }).toEqual({ code: 0, kills: 2 });
    expect((await readProducts()).sort()).toEqual(productsOf(total));
  });
});

function event(n: number) {
  const at = new Date(Date.UTC(2024, 0, 1) + n * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const product = `P${String(n).padStart(6, '0')}`;
  return {
    event_time: at,
    store_id: n % 50,
    product_id: product,
    category: 'Books',
    ...{ transaction_type: 'SALE' },
    quantity: 1,
    unit_price: 2.5,
  };
}

async function write(name: string, lines: readonly string[], end = '\n'): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, lines.join(end) + end);
  return path;
}

function writeEvents(name: string, count: number): Promise<string> {
  return write(
    name,
    Array.from({ length: count }, (_, n) => JSON.stringify(event(n))),
  );
}

function productsOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => event(n).product_id);
}

async function load(path: string, input: Partial<LoadInput> = {}) {
  const [file] = await findSourceFiles(path, { region: 'us-east-1', mayReadDisk: true });
  if (file === undefined) throw new Error('no file');
  const options = { brokers: [world.kafka.brokers], clientId: 'test-backfill' };
  return loadFile(
    stream,
    file,
    { loadId, mapping: {}, isDryRun: false, deadlineMs: Number.POSITIVE_INFINITY, ...input },
    {
      reader: world.reader,
      writer: world.writer,
      openWriter: (id, topic) => openTransactionalWriter(options, id, topic),
      clock: Date.now,
      log: silentLog,
    },
  );
}

function startLoader(path: string) {
  const imports = ['--import', 'tsx', '--import', './localstack/sql-as-text.mjs'];
  const args = [...imports, 'test/support/backfill-child.ts', stream.topic, path, loadId];
  return spawn(process.execPath, args, { env: { ...process.env, ...world.environment }, stdio: 'ignore' });
}

/** Offsets that are taken, committed or not. */
async function countWritten(): Promise<number> {
  return (await world.log.offsets(stream.topic)).reduce((sum, { highWatermark }) => sum + highWatermark, 0);
}

/** Every committed record; waits for the marker of the last transaction, which follows the answer to its commit. */
async function readTopic(): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  for (const { partition, logStart, highWatermark } of await world.log.offsets(stream.topic)) {
    for await (const chunk of world.log.read({ topic: stream.topic, partition, from: logStart, to: highWatermark })) {
      records.push(...chunk.records);
    }
  }
  return records;
}

async function readProducts(): Promise<string[]> {
  return (await readTopic()).map(({ value }) => String(JSON.parse(String(value)).product_id));
}
