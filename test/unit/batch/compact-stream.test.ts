import { describe, expect, it } from '@jest/globals';
import { MAX_TRIGGER_LAG_MS } from '../../../functions/batch/compact/plan-ranges.ts';
import { TopicMismatch } from '../../../functions/batch/compact/topic-identity.ts';
import { createIngest } from '../../../functions/speed/ingest/ingest-records.ts';
import { type ClickHouse, ClickHouseUnavailable } from '../../../layers/platform/clickhouse.ts';
import { createWorld, declaration, produce, produceDelivered, silentLog } from '../../support/compaction.ts';
import { kafkaEventOf, poisonRecord, saleRecord, salesOf } from '../../support/retail-records.ts';

const HOT_TABLE = 'retail.retail_events_realtime';

describe('what a run compacts', () => {
  it('is exactly what lies between the tidemark and the committed offset', async () => {
    const world = createWorld({ partitions: 2 });
    await produceDelivered(world, 0, salesOf(0, 5));
    await produceDelivered(world, 1, salesOf(5, 7));
    produce(world.kafka, 0, salesOf(7, 9));

    const report = await world.compact();

    const lake = await world.readLake();
    expect(lake.events).toEqual(['0:0', '0:1', '0:2', '0:3', '0:4', '1:0', '1:1']);
    expect([...lake.summary.tidemark]).toEqual([
      [0, 5],
      [1, 2],
    ]);
    expect(report).toMatchObject({ status: 'done', rows: 7, rejected: 0, snapshot: lake.version });
    expect(report).not.toHaveProperty('warning');
  });

  it('is nothing, published all the same, while the topic is empty', async () => {
    const world = createWorld();

    const report = await world.compact();

    expect(report).toMatchObject({ status: 'skipped', rows: 0, snapshot: 1 });
    const views = world.clickhouse.commands.filter((command) => command.includes('CREATE OR REPLACE VIEW'));
    expect(views).toHaveLength(2);
    expect((await world.readLake()).events).toEqual([]);
  });

  it('is nothing that the trigger has stored but not committed', async () => {
    const world = createWorld();
    produce(world.kafka, 0, salesOf(0, 4));
    await world.deliver(0, 0, 4, { isCommitted: false });

    await world.compact();

    expect((await world.readLake()).events).toEqual([]);
  });

  it('goes beyond the trigger, with a warning, once that has lagged for over 15 minutes', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, salesOf(0, 2));
    produce(world.kafka, 0, salesOf(2, 4));
    world.time.nowMs = saleRecord(2).timestamp + MAX_TRIGGER_LAG_MS;
    await world.compact();
    expect((await world.readLake()).events).toEqual(['0:0', '0:1']);

    world.time.nowMs += 1;
    const report = await world.compact();

    expect((await world.readLake()).events).toEqual(['0:0', '0:1', '0:2', '0:3']);
    expect(report.warning).toContain('partition 0: the trigger lags');
  });

  it('is the same where the topic uses CreateTime, with a warning in each run that it does', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, salesOf(0, 2));
    world.kafka.timestampSource = async () => 'CreateTime';

    const [first, second] = [await world.compact(), await world.compact()];

    expect((await world.readLake()).events).toEqual(['0:0', '0:1']);
    for (const { warning } of [first, second]) {
      expect(warning?.match(/topic \S+ uses CreateTime/g)).toEqual(['topic retail_events uses CreateTime']);
    }
  });

  it("is the same where the topic's configuration cannot be read", async () => {
    const world = createWorld();
    await produceDelivered(world, 0, salesOf(0, 2));
    world.kafka.timestampSource = async () => {
      throw new Error('TOPIC_AUTHORIZATION_FAILED');
    };

    const report = await world.compact();

    expect((await world.readLake()).events).toEqual(['0:0', '0:1']);
    expect(report).not.toHaveProperty('warning');
  });

  it('ends at explicit offsets, and leaves alone the partitions that they do not name', async () => {
    const world = createWorld({ partitions: 2 });
    await produceDelivered(world, 0, salesOf(0, 5));
    await produceDelivered(world, 1, salesOf(5, 10));

    await world.compact({ toOffsets: new Map([[0, 3]]) });

    expect((await world.readLake()).events).toEqual(['0:0', '0:1', '0:2']);
  });

  it('never passes the end of the log, whatever is asked for', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, salesOf(0, 2));

    await world.compact({ toOffsets: new Map([[0, 1000]]) });

    expect((await world.readLake()).summary.tidemark).toEqual(new Map([[0, 2]]));
  });

  it('includes a partition that was added later, from its first offset', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, salesOf(0, 2));
    await world.compact();
    world.kafka.partitions.push([]);
    await produceDelivered(world, 1, salesOf(2, 4));

    await world.compact();

    expect((await world.readLake()).events).toEqual(['0:0', '0:1', '1:0', '1:1']);
  });

  it('passes offsets that carry no record', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, ['marker', saleRecord(1), 'marker', 'marker', 'marker', 'marker']);

    await world.compact();

    const { events, summary } = await world.readLake();
    expect(events).toEqual(['0:1']);
    expect([summary.tidemark.get(0), summary.stored.get(0), summary.gaps]).toEqual([6, 1, []]);
  });
});

describe('a run that comes back', () => {
  it('changes nothing', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, [saleRecord(0), poisonRecord(1), saleRecord(2)]);
    await world.compact();
    const first = await world.readLake();

    const report = await world.compact();

    expect(report).toMatchObject({ status: 'skipped', rows: 0, snapshot: first.version });
    expect(await world.readLake()).toEqual(first);
  });

  it('continues counts and tidemark', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, [saleRecord(0), poisonRecord(1)]);
    await world.compact();
    await produceDelivered(world, 0, [saleRecord(2), poisonRecord(3), saleRecord(4)]);

    await world.compact();

    const { summary, deadLetters } = await world.readLake();
    expect([summary.tidemark.get(0), summary.stored.get(0), summary.rejected.get(0)]).toEqual([5, 3, 2]);
    expect(deadLetters).toEqual(['0:1', '0:3']);
  });
});

describe('a long backlog', () => {
  it('is committed in pieces, each of which begins where the last one ended', async () => {
    const world = createWorld({ partitions: 2 });
    await produceDelivered(world, 0, [...salesOf(0, 4), poisonRecord(4), 'marker', ...salesOf(6, 9)]);
    await produceDelivered(world, 1, salesOf(9, 11));

    const report = await world.compact({ limits: { offsets: 4, bytes: Number.POSITIVE_INFINITY } });

    const { version, events, summary, deadLetters } = await world.readLake();
    expect(events).toEqual(['0:0', '0:1', '0:2', '0:3', '0:6', '0:7', '0:8', '1:0', '1:1']);
    expect([deadLetters, summary.tidemark.get(0), summary.tidemark.get(1)]).toEqual([['0:4'], 9, 2]);
    // Both partitions share the first four offsets, then the first one has them alone.
    expect(version).toBe(1 + 1 + 2);
    expect(report).toMatchObject({ rows: 9, rejected: 1 });
  });

  it('is committed in smaller pieces where records are large', async () => {
    const world = createWorld({ chunkOffsets: 2 });
    const large = { ...poisonRecord(0), value: Buffer.alloc(1000) };
    await produceDelivered(world, 0, new Array(10).fill(large));

    await world.compact({ limits: { offsets: 1000, bytes: 3000 } });

    const { version, summary, deadLetters } = await world.readLake();
    expect(version).toBe(1 + 3);
    expect([summary.tidemark.get(0), summary.rejected.get(0), deadLetters.length]).toEqual([10, 10, 10]);
  });

  it('waits for the next run when the time is up', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, salesOf(0, 3));

    const report = await world.compact({ deadlineMs: world.time.nowMs });

    expect(report).toMatchObject({ rows: 0, warning: 'out of time: the next run goes on' });
    expect((await world.readLake()).events).toEqual([]);
  });
});

describe('dead letters', () => {
  it('stand in their lake table before the snapshot that passes them, with their original bytes', async () => {
    const world = createWorld();
    const value = Buffer.from([0xff, 0x00, 0x0a]);
    await produceDelivered(world, 0, [{ ...poisonRecord(0), value, headers: [['h', Buffer.from([0x80])]] }]);

    await world.compact();

    const [row] = (await world.readLake()).deadLetterRows;
    expect(row).toMatchObject({ topic: 'retail_events', reason: 'invalid_unicode', headers: '[["h","gA=="]]' });
    expect(Buffer.from(row?.value as Uint8Array)).toEqual(value);
    expect(world.clickhouse.deadLetters.size).toBe(1);
  });

  it('of rows that ClickHouse alone refused are taken over from the speed layer, so that both hold the same', async () => {
    const world = createWorld();
    const insert: ClickHouse['insert'] = async (table, columns, rows) => {
      const isRefused = rows.some((row) => table === HOT_TABLE && row[columns.indexOf('_offset')] === 1);
      if (isRefused) throw new ClickHouseUnavailable('Decimal overflow', '407', undefined);
      await world.clickhouse.insert(table, columns, rows);
    };
    const ingest = createIngest(declaration.stream, { clickhouse: { ...world.clickhouse, insert }, log: silentLog });
    produce(world.kafka, 0, salesOf(0, 3));
    const range = { topic: 'retail_events', partition: 0, from: 0, to: 3 };
    for await (const { records } of world.kafka.read(range)) await ingest(kafkaEventOf(records));
    world.kafka.committedOffsets.set(0, 3);

    expect(await world.compact()).toMatchObject({ rows: 2, rejected: 1 });

    const lake = await world.readLake();
    expect(lake.events).toEqual(['0:0', '0:2']);
    expect(lake.events).toEqual([...world.clickhouse.hotRows.keys()]);
    expect(lake.deadLetterRows).toMatchObject([
      { _partition: 0, reason: 'refused_by_storage', detail: 'ClickHouse code 407' },
    ]);
  });

  it('stop the run, and the tidemark with it, when they cannot be stored', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, [poisonRecord(0), saleRecord(1)]);
    const clickhouse = { ...world.clickhouse, insert: () => Promise.reject(new Error('ClickHouse is down')) };

    await expect(world.compact({}, { clickhouse })).rejects.toThrow('ClickHouse is down');

    expect((await world.readLake()).summary.tidemark.size).toBe(0);
  });
});

describe('a topic that is not the one that the lake was made from', () => {
  const createCompacted = async () => {
    const world = createWorld({ partitions: 2 });
    await produceDelivered(world, 0, salesOf(0, 3));
    await produceDelivered(world, 1, salesOf(3, 6));
    await world.compact();
    return { world, before: await world.readLake() };
  };

  it.each([
    ['was recreated with other records', (slots: unknown[][]) => slots[0]?.splice(0, 3, ...salesOf(50, 60))],
    ['was recreated empty', (slots: unknown[][]) => slots[0]?.splice(0)],
    ['was truncated', (slots: unknown[][]) => slots[1]?.pop()],
    ['has fewer partitions', (slots: unknown[][]) => slots.pop()],
  ])('stops the stream when it %s, and nothing is written', async (_how, change) => {
    const { world, before } = await createCompacted();
    change(world.kafka.partitions);
    world.kafka.committedOffsets.set(0, world.kafka.partitions[0]?.length ?? 0);
    const objects = new Map(world.store.objects);

    await expect(world.compact()).rejects.toThrow(TopicMismatch);

    expect(await world.readLake()).toEqual(before);
    expect([...world.store.objects.keys()]).toEqual([...objects.keys()]);
  });

  it('is not one whose last known record retention has taken', async () => {
    const { world } = await createCompacted();
    world.kafka.logStarts.set(0, 3);
    await produceDelivered(world, 0, salesOf(6, 8));

    await world.compact();

    expect((await world.readLake()).summary.tidemark.get(0)).toBe(5);
  });

  it('is not one whose last known record retention takes during the check', async () => {
    const { world } = await createCompacted();
    await produceDelivered(world, 0, salesOf(6, 8));
    const recordAt: typeof world.kafka.recordAt = async (topic, partition, offset) => {
      world.kafka.logStarts.set(0, 3);
      return world.kafka.recordAt(topic, partition, offset);
    };

    await world.compact({}, { kafka: { ...world.kafka, recordAt } });

    expect((await world.readLake()).summary.tidemark.get(0)).toBe(5);
  });
});

describe('offsets that Kafka has deleted', () => {
  it('come from the hot table and the dead letters, value for value; what neither has is a gap', async () => {
    const world = createWorld();
    const slots = [saleRecord(0), poisonRecord(1), saleRecord(2), saleRecord(3), saleRecord(4)];
    await produceDelivered(world, 0, slots);
    const untouched = createWorld();
    await produceDelivered(untouched, 0, slots);
    await untouched.compact();
    world.clickhouse.hotRows.delete('0:2');
    world.kafka.logStarts.set(0, 4);

    const report = await world.compact();

    const lake = await world.readLake();
    const whole = await untouched.readLake();
    expect(lake.rows).toEqual(whole.rows.filter(({ _offset }) => _offset !== 2n));
    expect(lake.deadLetterRows).toEqual(whole.deadLetterRows);
    expect(lake.summary.gaps).toEqual([{ partition: 0, from: 0, to: 4, offsets: 1 }]);
    expect([lake.summary.stored.get(0), lake.summary.rejected.get(0)]).toEqual([3, 1]);
    expect(report).toMatchObject({ rows: 3, rejected: 1 });
  });

  it('are in the lake also where they expired before its first commit', async () => {
    const world = createWorld();
    await produceDelivered(world, 0, [...salesOf(0, 3), poisonRecord(3), ...salesOf(4, 6)]);
    world.kafka.logStarts.set(0, 5);

    await world.compact();

    const { events, deadLetters, summary } = await world.readLake();
    expect(events).toEqual(['0:0', '0:1', '0:2', '0:4', '0:5']);
    expect([deadLetters, summary.gaps]).toEqual([['0:3'], []]);
  });

  it('are no gap where the topic is older than Tidemark', async () => {
    const world = createWorld();
    produce(world.kafka, 0, salesOf(0, 10));
    world.kafka.logStarts.set(0, 8);
    await world.deliver(0, 8, 10);

    await world.compact();

    const { events, summary } = await world.readLake();
    expect([events, summary.gaps]).toEqual([['0:8', '0:9'], []]);
  });
});

describe('historical_through', () => {
  const throughOf = async (world: ReturnType<typeof createWorld>) =>
    (await world.readLake()).summary.historicalThroughMs;

  it('is the newest timestamp while no partition has more to give, idle ones included', async () => {
    const world = createWorld({ partitions: 3 });
    await produceDelivered(world, 0, [saleRecord(1)]);
    await produceDelivered(world, 1, [saleRecord(9)]);

    await world.compact();

    expect(await throughOf(world)).toBe(saleRecord(9).timestamp);
  });

  it('waits for a partition that has more to give', async () => {
    const world = createWorld({ partitions: 2 });
    await produceDelivered(world, 0, [saleRecord(1)]);
    produce(world.kafka, 0, [saleRecord(2)]);
    await produceDelivered(world, 1, [saleRecord(9)]);

    await world.compact();

    expect(await throughOf(world)).toBe(saleRecord(1).timestamp);
  });

  it('never goes back', async () => {
    const world = createWorld({ partitions: 2 });
    await produceDelivered(world, 0, [saleRecord(1)]);
    await produceDelivered(world, 1, [saleRecord(9)]);
    await world.compact();
    produce(world.kafka, 0, [saleRecord(10)]);
    await produceDelivered(world, 1, [saleRecord(11)]);

    await world.compact();

    expect(await throughOf(world)).toBe(saleRecord(9).timestamp);
  });
});
