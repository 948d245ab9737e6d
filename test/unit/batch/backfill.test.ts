import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { type BackfillInput, backfill } from '../../../functions/batch/backfill/backfill.ts';
import type { ClickHouse } from '../../../layers/platform/clickhouse.ts';
import type {
  OutgoingRecord,
  Progress,
  TransactionalWriter,
} from '../../../layers/platform/kafka/transactional-writer.ts';
import type { SourceFile } from '../../../layers/platform/source-files.ts';
import { declaration, silentLog } from '../../support/compaction.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

const { stream } = declaration;
const HEADER = 'event_time,store_id,product_id,category,transaction_type,quantity,unit_price';
const START_MS = Date.UTC(2026, 0, 1);
const row = (product: string) => `2024-01-01 10:00:00,3,${product},Home,SALE,2,19.90`;
const line = (n: number) => JSON.stringify({ product_id: `P${n}` });

/** A bucket of files in memory, a topic, and what is known of loads. */
function createWorld() {
  const files = new Map<string, Buffer>();
  const topic: OutgoingRecord[] = [];
  const progress = new Map<string, Progress>();
  const loads = new Map<unknown, Record<string, unknown>>();
  const time = { nowMs: START_MS };
  const clickhouse: ClickHouse = {
    ...createRecordingClickHouse(),
    query: async <T>(_sql: string, params: Record<string, unknown> = {}) => {
      const load = loads.get(params.loadId);
      return { rows: (load === undefined ? [] : [load]) as T[], rowsRead: 0 };
    },
    insert: async (table, columns, rows) => {
      if (table !== 'tidemark.backfill_loads') return;
      for (const values of rows) {
        loads.set(values[0], Object.fromEntries(columns.map((column, index) => [column, values[index]])));
      }
    },
  };
  const openWriter = async (id: string): Promise<TransactionalWriter> => ({
    get progress() {
      return progress.get(id);
    },
    async write(records, next) {
      topic.push(...records);
      progress.set(id, next);
      time.nowMs += 1000;
      return records.map(() => undefined);
    },
    close: async () => {},
  });
  const toFile = ([name, bytes]: [string, Buffer]): SourceFile => ({
    name,
    sizeBytes: bytes.length,
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    openStream: async () => Readable.from([bytes], { objectMode: false }),
    read: async (from, to) => Uint8Array.from(bytes.subarray(from, to)).buffer,
  });
  const deps = {
    reader: clickhouse,
    writer: clickhouse,
    openWriter,
    findFiles: async (source: string) => [...files].filter(([name]) => name.startsWith(source)).map(toFile),
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    clock: () => time.nowMs,
    newId: randomUUID,
    log: silentLog,
  };
  const input = { mapping: {}, isDryRun: false, deadlineMs: Number.POSITIVE_INFINITY };
  return {
    time,
    topic,
    loads,
    put: (name: string, content: string | Buffer) => files.set(name, Buffer.from(content)),
    load: (source: string, more: Partial<BackfillInput> = {}) => backfill(stream, { ...input, source, ...more }, deps),
  };
}

describe('a backfill', () => {
  it('is not complete while records of a file that was read to its end are not in the topic', async () => {
    const world = createWorld();
    world.put('s3://b/short.ndjson', Array.from({ length: 2_001 }, (_, n) => line(n)).join('\n'));

    // After the first two transactions: the one that begins the load, and one of 2,000 records.
    const paused = await world.load('s3://b/short.ndjson', { deadlineMs: world.time.nowMs + 1500 });
    expect(paused).toMatchObject({ is_complete: false, files: [{ status: 'paused', records: 2_000, percent: 99.9 }] });
    expect(await world.load('s3://b/short.ndjson')).toMatchObject({ is_complete: true, files: [{ records: 2_001 }] });
    expect(world.topic).toHaveLength(2_001);
  });

  it('loads a file below a prefix once, also when there is a second one beside it', async () => {
    const world = createWorld();
    world.put('s3://b/may/1.ndjson', `${line(1)}\n`);
    expect(await world.load('s3://b/may/', { loadId: 'may' })).toMatchObject({ is_complete: true });
    world.put('s3://b/may/2.ndjson', `${line(2)}\n`);

    const { files } = await world.load('s3://b/may/', { loadId: 'may' });

    expect(files.map(({ status }) => status)).toEqual(['already_done', 'done']);
    expect(world.topic.map(({ value }) => String(value))).toEqual([line(1), line(2)]);
  });

  it('takes the same renaming for the same, in whatever order it is given', async () => {
    const world = createWorld();
    world.put('s3://b/a.csv', `${HEADER.replace('store_id', 'shop').replace('quantity', 'pieces')}\n${row('Lamp')}\n`);
    await world.load('s3://b/a.csv', { mapping: { shop: 'store_id', pieces: 'quantity' } });
    const again = await world.load('s3://b/a.csv', { mapping: { pieces: 'quantity', shop: 'store_id' } });
    expect(again.files).toMatchObject([{ status: 'already_done' }]);
  });
});

describe('a file that is not what it should be', () => {
  it.each<[string, string | Buffer, string]>([
    ['a.csv', `${HEADER.replace('store_id', 'shop')}\n${row('Lamp')}\n`, 'no column becomes store_id'],
    ['a.csv', `${HEADER},store_id\n${row('Lamp')},4\n`, 'more than one column becomes store_id'],
    ['a.csv', `${row('Lamp')}\n${row('Chair')}\n`, 'no column becomes event_time'],
    ['a.csv', Buffer.from(`${HEADER}\n${row('Caf\xe9')}\n`, 'latin1'), 'it is not UTF-8 behind byte 0'],
    ['a.csv', `${HEADER}\n${row('"Lamp')}\n${'x'.repeat(9 * 1024 * 1024)}`, 'Max Record Size'],
    ['a.csv.gz', `${HEADER}\n${row('Lamp')}\n`, 'incorrect header check'],
    ['a.ndjson.gz', line(1), 'incorrect header check'],
    ['a.json', `[\n${line(1)},\n${line(2)}\n]`, 'it begins with a JSON list'],
    ['a.ndjson', 'x'.repeat(9 * 1024 * 1024), 'line 1 is longer'],
    ['a.parquet', `${HEADER}\n${row('Lamp')}\n`, 'parquet'],
    [
      'a.parquet',
      Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'shop', data: [1], type: 'INT32' }] })),
      'no column becomes event_time',
    ],
    ['a.xlsx', 'PK', 'its name does not say its format'],
  ])('%s is refused before anything is loaded of it: %#', async (name, content, message) => {
    const world = createWorld();
    world.put(`s3://b/${name}`, content);
    const load = world.load(`s3://b/${name}`);
    await expect(load).rejects.toThrow(message);
    await expect(load).rejects.toThrow(`s3://b/${name}`);
    expect(world.topic).toEqual([]);
    // The same load can be begun in another way.
    expect(world.loads.size).toBe(0);
  });

  it('names a column that is to be renamed and is not there', async () => {
    const world = createWorld();
    world.put('s3://b/a.csv', `${HEADER}\n${row('Lamp')}\n`);
    await expect(world.load('s3://b/a.csv', { mapping: { shpo: 'store_id' } })).rejects.toThrow(
      'there is no column "shpo" to become store_id',
    );
    expect(await world.load('s3://b/a.csv')).toMatchObject({ is_complete: true });
  });

  it('cannot be read by a mapping that no transaction can carry', async () => {
    const world = createWorld();
    world.put('s3://b/a.ndjson', line(1));
    const mapping = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`column ${n}`, `field ${n}`]));
    await expect(world.load('s3://b/a.ndjson', { mapping })).rejects.toThrow('mapping: must not be longer');
  });

  it('may be packed, and may hold letters of any language', async () => {
    const world = createWorld();
    world.put('s3://b/a.csv.gz', gzipSync(`\ufeff${HEADER}\n${row('Café ☕')}\n`));
    await world.load('s3://b/a.csv.gz');
    expect(JSON.parse(String(world.topic[0]?.value))).toMatchObject({ product_id: 'Café ☕' });
  });
});
