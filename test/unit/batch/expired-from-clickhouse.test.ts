import { describe, expect, it } from '@jest/globals';
import { addFirstOffsets } from '../../../functions/batch/compact/first-offsets.ts';
import { toRecordRows, toRefusedRecord } from '../../../functions/batch/compact/kept-records.ts';
import { defineRecordsTable } from '../../../functions/batch/compact/lake-definitions.ts';
import { collectLakeRows } from '../../../functions/batch/compact/lake-rows.ts';
import { readExpired } from '../../../functions/batch/compact/read-expired.ts';
import { readPiece } from '../../../functions/batch/compact/read-piece.ts';
import { parseSummary } from '../../../functions/batch/compact/snapshot-summary.ts';
import type { ClickHouse } from '../../../layers/platform/clickhouse.ts';
import type { OffsetRanges } from '../../../layers/platform/tidemark.ts';
import { setUpSchema } from '../../../localstack/start/set-up-stack.ts';
import { createWorld, declaration, produceDelivered, type World } from '../../support/compaction.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';
import { poisonRecord, saleRecord, salesOf } from '../../support/retail-records.ts';
import { runInClickHouse } from '../../support/run-in-clickhouse.ts';

const { stream } = declaration;
/** As `createClickHouse` asks for answers. */
const SETTINGS =
  "SETTINGS date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 1";

/**
 * Asks a real ClickHouse that holds what the speed layer has inserted. `ask` runs twice: first to learn its queries,
 * then with their answers.
 */
async function askClickHouse<T>(world: World, ask: (clickhouse: ClickHouse) => Promise<T>): Promise<T> {
  const queries: string[] = [];
  const answers = new Map<string, unknown[]>();
  const clickhouse: ClickHouse = {
    ...createRecordingClickHouse(),
    query: async <Row>(sql: string, params: Record<string, unknown> = {}) => {
      const statement = sql.replace(/\{(\w+):String\}/g, (_whole, name: string) => `'${params[name]}'`);
      queries.push(`${statement} ${SETTINGS}`);
      return { rows: (answers.get(`${statement} ${SETTINGS}`) ?? []) as Row[], rowsRead: 0 };
    },
  };
  await ask(clickhouse);
  const schema = createRecordingClickHouse();
  await setUpSchema(schema);
  const inserts = world.clickhouse.inserts.map(({ table, columns, rows }) => {
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    return `INSERT INTO ${table} (${columns.join(', ')}) FORMAT JSONCompactEachRow\n${lines}`;
  });
  const results = await runInClickHouse([...schema.commands, ...inserts, ...queries]);
  for (const [index, answer] of results.slice(-queries.length).entries()) {
    answers.set(queries[index] ?? '', answer?.data ?? []);
  }
  return ask(clickhouse);
}

const slots = [
  saleRecord(0),
  { ...poisonRecord(1), key: null, value: Buffer.from([0xff, 0, 10]), headers: [['h', Buffer.from([128])]] as const },
  { ...saleRecord(2), timestamp: saleRecord(2).timestamp + 7 },
  { ...poisonRecord(3), value: null, timestamp: -1 },
  saleRecord(4),
];

describe('what compaction takes from ClickHouse', () => {
  it('are the rows and dead letters that it would have read from Kafka', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, slots);
    const ranges: OffsetRanges = new Map([[0, { from: 0, to: slots.length }]]);
    const input = { before: parseSummary({}), ranges, partitions: [], maxBytes: Number.POSITIVE_INFINITY };
    const fromKafka = await readPiece(stream, input, world.deps);

    const { rows, expired } = await askClickHouse(world, async (clickhouse) => {
      const collector = collectLakeRows(stream);
      return { expired: await readExpired(stream, ranges, collector, clickhouse), rows: collector.toRows() };
    });

    expect(rows).toEqual(fromKafka.rows);
    const refused = defineRecordsTable(stream);
    const keptOfExpired = expired.deadLetters.map(toRefusedRecord);
    expect(toRecordRows(keptOfExpired, refused)).toEqual(toRecordRows(fromKafka.kept, refused));
    expect([expired.stored.get(0), expired.gaps]).toEqual([3, []]);
  });

  it('begins at the lowest offset that either table has', async () => {
    const world = createWorld({ partitions: 3 });
    await produceDelivered(world, 0, ['marker', 'marker', poisonRecord(2), ...salesOf(3, 6)]);
    await produceDelivered(world, 1, ['marker', ...salesOf(7, 10)]);
    const partitions = [0, 1, 2].map((partition) => {
      return { partition, logStart: 4, lastStable: 6, committed: 6, oldestUndeliveredMs: undefined };
    });

    const begin = await askClickHouse(world, (clickhouse) =>
      addFirstOffsets(stream, new Map([[1, 2]]), partitions, clickhouse),
    );

    expect([...begin]).toEqual([
      [1, 2],
      [0, 2],
    ]);
  });
});
