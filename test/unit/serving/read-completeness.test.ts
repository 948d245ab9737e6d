import { describe, expect, it } from '@jest/globals';
import { createLogPositions } from '../../../functions/serving/completeness/log-positions.ts';
import { createCompletenessReader } from '../../../functions/serving/completeness/read-completeness.ts';
import { KafkaUnavailable } from '../../../layers/platform/kafka/log.ts';
import { declaration, silentLog } from '../../support/compaction.ts';
import { createFakeKafkaLog } from '../../support/fake-kafka-log.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';
import { salesOf } from '../../support/retail-records.ts';

const { stream } = declaration;
const LAKE = '2026-11-21T12:00:00.000Z';
const EARLY = '2026-11-21T12:00:10.000Z';
const LATE = '2026-11-21T12:00:20.000Z';

const publication = { snapshot: 5, tidemark: { '0': 10, '1': 10 }, historical_through: LAKE, stored: 20, open_gaps: 0 };
const hotTail = [
  { partition: 0, last: EARLY },
  { partition: 1, last: LATE },
];

interface Situation {
  readonly lags?: readonly number[];
  readonly publications?: readonly unknown[];
  readonly tail?: readonly unknown[];
}

/** Two partitions that end at offset 20, delivered up to `lags` below. */
function createReader({ lags = [0, 0], publications = [publication], tail = hotTail }: Situation = {}) {
  const kafka = createFakeKafkaLog({ partitions: lags.length });
  for (const [partition, lag] of lags.entries()) {
    kafka.partitions[partition]?.push(...salesOf(0, 20));
    kafka.committedOffsets.set(partition, 20 - lag);
  }
  const clickhouse = createRecordingClickHouse({
    'tidemark.publications': publications,
    'tidemark.dead_letters': [{ records: 2 }],
    'max(_timestamp) AS last': tail,
  });
  return { clickhouse, kafka, readLogPositions: createLogPositions(async () => kafka, silentLog) };
}

const readOnce = (situation: Situation) =>
  createCompletenessReader({ ...createReader(situation), clock: () => 0 })(stream);

describe('realtime_through', () => {
  it('is the newest delivered timestamp while no partition is behind: idle ones hold nobody up', async () => {
    expect(await readOnce({})).toMatchObject({ realtimeThrough: LATE, lagRecords: 0, rejected: 2 });
  });

  it('is the last delivered timestamp of the partition that is behind', async () => {
    expect(await readOnce({ lags: [5, 0] })).toMatchObject({ realtimeThrough: EARLY, lagRecords: 5 });
  });

  it('is the earliest of those that are behind', async () => {
    expect(await readOnce({ lags: [5, 6] })).toMatchObject({ realtimeThrough: EARLY, lagRecords: 11 });
  });

  it('is what the lake holds where a partition that is behind has no hot row', async () => {
    expect(await readOnce({ lags: [0, 5], tail: hotTail.slice(0, 1) })).toMatchObject({ realtimeThrough: LAKE });
  });

  it('is the lake’s where everything has been compacted', async () => {
    expect(await readOnce({ tail: [] })).toMatchObject({ realtimeThrough: LAKE });
  });

  it('is null where a partition is behind of which nothing was ever delivered', async () => {
    const { realtimeThrough, publication: none } = await readOnce({
      lags: [0, 20],
      publications: [],
      tail: hotTail.slice(0, 1),
    });

    expect([realtimeThrough, none.snapshot, none.historicalThrough]).toEqual([null, 0, null]);
  });

  it('is null while nothing was ever produced', async () => {
    expect(await readOnce({ lags: [], publications: [], tail: [] })).toMatchObject({ realtimeThrough: null });
  });
});

describe('a silent Kafka', () => {
  it('makes the lag unknown and leaves only what the lake says for sure', async () => {
    const { clickhouse } = createReader();
    const readLogPositions = createLogPositions(async () => {
      throw new KafkaUnavailable('Kafka has not answered for 2 s', undefined);
    }, silentLog);

    const completeness = await createCompletenessReader({ clickhouse, readLogPositions, clock: () => 0 })(stream);

    expect(completeness).toMatchObject({ lagRecords: null, positions: undefined, realtimeThrough: LAKE });
  });
});

describe('a reading', () => {
  const createCounting = () => {
    const { clickhouse, readLogPositions } = createReader();
    const time = { nowMs: 0 };
    const asked: string[] = [];
    const deps = {
      clickhouse: {
        ...clickhouse,
        query: <T>(sql: string) => clickhouse.query<T>(sql).finally(() => asked.push('clickhouse')),
      },
      readLogPositions: (of: typeof stream) => readLogPositions(of).finally(() => asked.push('kafka')),
      clock: () => time.nowMs,
    };
    return { readCompleteness: createCompletenessReader(deps), time, asked };
  };

  it('asks Kafka after the newest hot rows, which it vouches for, and the dead letters after Kafka', async () => {
    const { readCompleteness, asked } = createCounting();

    await readCompleteness(stream);

    const before = ['clickhouse', 'clickhouse', 'clickhouse'];
    expect(asked).toEqual([...before, 'kafka', 'clickhouse', 'clickhouse']);
  });

  it('is kept for a second, also for those who ask at once', async () => {
    const { readCompleteness, time, asked } = createCounting();
    await Promise.all([readCompleteness(stream), readCompleteness(stream)]);
    time.nowMs = 999;
    await readCompleteness(stream);
    expect(asked.filter((part) => part === 'kafka')).toHaveLength(1);

    time.nowMs = 1000;
    await readCompleteness(stream);

    expect(asked.filter((part) => part === 'kafka')).toHaveLength(2);
  });

  it('that failed is not kept', async () => {
    const { clickhouse, readLogPositions } = createReader();
    let isDown = true;
    const query: typeof clickhouse.query = async (sql) => {
      if (isDown) throw new Error('ClickHouse is down');
      return clickhouse.query(sql);
    };
    const readCompleteness = createCompletenessReader({
      clickhouse: { ...clickhouse, query },
      readLogPositions,
      clock: () => 0,
    });
    await expect(readCompleteness(stream)).rejects.toThrow('ClickHouse is down');
    isDown = false;

    expect((await readCompleteness(stream)).rejected).toBe(2);
  });
});
