import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createIngest } from '../../../functions/speed/ingest/ingest-records.ts';
import { decodeRecords } from '../../../functions/speed/ingest/kafka-event.ts';
import type { SourceRecord } from '../../../layers/domains/outcome.ts';
import { type ClickHouse, ClickHouseUnavailable } from '../../../layers/platform/clickhouse.ts';
import { declaration, silentLog } from '../../support/compaction.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';
import { kafkaEventOf, poisonRecord, saleRecord } from '../../support/retail-records.ts';

const { stream } = declaration;
const at = (offset: number, record = saleRecord(offset)): SourceRecord => ({
  ...record,
  topic: stream.topic,
  partition: 0,
  offset,
});
const ingestInto = (clickhouse: ClickHouse, log = silentLog) => createIngest(stream, { clickhouse, log });

describe('ingest', () => {
  it('stores valid events in the hot table and all others as dead letters, at their positions', async () => {
    const clickhouse = createRecordingClickHouse();

    const counts = await ingestInto(clickhouse)(kafkaEventOf([at(0), at(1, poisonRecord(1)), at(2)]));

    expect(counts).toEqual({ stored: 2, rejected: 1 });
    const offsetsOf = (table: string) =>
      clickhouse.inserts
        .filter((insert) => insert.table === table)
        .flatMap(({ columns, rows }) => rows.map((row) => row[columns.indexOf('_offset')]));
    expect(offsetsOf('retail.retail_events_realtime')).toEqual([0, 2]);
    expect(offsetsOf('tidemark.dead_letters')).toEqual([1]);
  });

  it('derives the same rows from a batch that comes again', async () => {
    const clickhouse = createRecordingClickHouse();
    const event = kafkaEventOf([at(0), at(1, poisonRecord(1))]);

    await ingestInto(clickhouse)(event);
    await ingestInto(clickhouse)(event);

    expect(clickhouse.inserts.slice(2)).toEqual(clickhouse.inserts.slice(0, 2));
  });

  it.each(['retail.retail_events_realtime', 'tidemark.dead_letters'])(
    'throws when %s cannot be written, so that the batch comes again',
    async (broken) => {
      const recording = createRecordingClickHouse();
      const insert: ClickHouse['insert'] = async (table, columns, rows) => {
        if (table === broken) throw new Error('ClickHouse is down');
        await recording.insert(table, columns, rows);
      };

      const ingest = ingestInto({ ...recording, insert })(kafkaEventOf([at(0), at(1, poisonRecord(1))]));

      await expect(ingest).rejects.toThrow('ClickHouse is down');
    },
  );

  it('makes a dead letter of the one row that ClickHouse refuses, and stores the others', async () => {
    const recording = createRecordingClickHouse();
    const insert: ClickHouse['insert'] = async (table, columns, rows) => {
      const offsets = rows.map((row) => row[columns.indexOf('_offset')]);
      const isRefused = table === 'retail.retail_events_realtime' && offsets.includes(3);
      if (isRefused) throw new ClickHouseUnavailable('Decimal overflow', '407', undefined);
      await recording.insert(table, columns, rows);
    };
    const records = Array.from({ length: 8 }, (_, offset) => at(offset));

    expect(await ingestInto({ ...recording, insert })(kafkaEventOf(records))).toEqual({ stored: 7, rejected: 1 });

    const [letters] = recording.inserts.filter(({ table }) => table === 'tidemark.dead_letters');
    const valuesOf = (column: string) => letters?.rows.map((row) => row[letters.columns.indexOf(column)]);
    expect([valuesOf('_offset'), valuesOf('reason')]).toEqual([[3], ['refused_by_storage']]);
  });

  it('logs the first dead letters of a batch, and never a payload', async () => {
    const lines: string[] = [];
    const log = { ...silentLog, warn: (...line: unknown[]) => void lines.push(JSON.stringify(line)) };
    const poison = Array.from({ length: 50 }, (_, offset) => at(offset, poisonRecord(offset)));

    await ingestInto(createRecordingClickHouse(), log)(kafkaEventOf(poison));

    expect(lines).toHaveLength(5);
    expect(lines.join()).not.toContain('poison');
    expect(lines[0]).toContain('invalid_json');
  });
});

describe("Lambda's event", () => {
  const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));

  it('gives back every byte of key, value and headers', () => {
    const headers = fc.array(fc.tuple(fc.string(), bytes), { maxLength: 3 });
    fc.assert(
      fc.property(fc.option(bytes), fc.option(bytes), headers, (key, value, pairs) => {
        const record = { ...at(7), key, value, headers: pairs };

        expect([...decodeRecords(JSON.parse(JSON.stringify(kafkaEventOf([record]))))]).toEqual([record]);
      }),
    );
  });

  it('may write header bytes with or without a sign, or leave headers out', () => {
    const [record] = kafkaEventOf([at(0)]).records['retail_events-0'] ?? [];
    if (record === undefined) throw new Error('no record');
    const { headers: _, ...bare } = record;
    const decodeHeaders = (more: Pick<typeof record, 'headers'>) =>
      [...decodeRecords({ ...kafkaEventOf([]), records: { 'retail_events-0': [{ ...bare, ...more }] } })][0]?.headers;

    expect(decodeHeaders({ headers: [{ h: [-1, -128] }] })).toEqual([['h', Buffer.from([255, 128])]]);
    expect(decodeHeaders({ headers: [{ h: [255, 128] }] })).toEqual([['h', Buffer.from([255, 128])]]);
    expect(decodeHeaders({ headers: null })).toEqual([]);
    expect(decodeHeaders({})).toEqual([]);
  });

  it('keeps the order of partitions and of records within', () => {
    const event = kafkaEventOf([at(3), { ...at(9), partition: 1 }, at(4)]);

    const positions = [...decodeRecords(event)].map(({ partition, offset }) => `${partition}:${offset}`);

    expect(positions).toEqual(['0:3', '0:4', '1:9']);
  });
});
