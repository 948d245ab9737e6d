import { describe, expect, it } from '@jest/globals';
import { TidemarkError } from '../../../layers/platform/errors.ts';
import type { ObjectStore } from '../../../layers/platform/object-store.ts';
import { createWorld, declaration, produceDelivered } from '../../support/compaction.ts';
import { killAtWrite } from '../../support/failing-object-store.ts';
import { poisonRecord, salesOf } from '../../support/retail-records.ts';

const ALL_EVENTS = ['0:0', '0:1', '0:3', '0:4', '0:5'];
const limits = { offsets: 4, bytes: Number.POSITIVE_INFINITY };

/** Six records in two pieces, a dead letter in the first. */
async function createDelivered() {
  const world = createWorld();
  await produceDelivered(world, 0, [...salesOf(0, 2), poisonRecord(2), ...salesOf(3, 6)]);
  return world;
}

async function countWrites(): Promise<number> {
  const world = await createDelivered();
  const { store, writes } = killAtWrite(world.store);
  await world.compact({ limits }, { store });
  return writes();
}

/** Every write of a run, once each; alone it takes a second. */
const EVERY_WRITE_TIMEOUT_MS = 60_000;

describe('a compactor that is killed', () => {
  it.each(['before', 'after'] as const)(
    '%s any of its writes leaves a lake that the next run completes',
    async (when) => {
      const total = await countWrites();
      expect(total).toBeGreaterThan(10);
      for (let write = 1; write <= total; write += 1) {
        const world = await createDelivered();
        const { store } = killAtWrite(world.store, { write, when });
        // The hint is the one write whose loss does not end the run.
        await world.compact({ limits }, { store }).catch(() => undefined);

        const atDeath = await world.readLake();
        const tidemark = atDeath.summary.tidemark.get(0) ?? 0;
        expect(atDeath.events).toEqual(ALL_EVENTS.filter((position) => Number(position.slice(2)) < tidemark));
        expect(atDeath.deadLetters).toEqual(expect.arrayContaining(tidemark > 2 ? ['0:2'] : []));

        await world.compact({ limits });

        const { events, deadLetters, summary } = await world.readLake();
        expect([write, events, deadLetters]).toEqual([write, ALL_EVENTS, ['0:2']]);
        expect([summary.tidemark.get(0), summary.stored.get(0), summary.rejected.get(0)]).toEqual([6, 5, 1]);
      }
    },
    EVERY_WRITE_TIMEOUT_MS,
  );

  it('between two views leaves both answering, and the next run publishes the newest', async () => {
    const world = await createDelivered();
    const clickhouse = {
      ...world.clickhouse,
      command: async (sql: string) => {
        if (sql.includes('VIEW retail.retail_events_unified')) throw new Error('killed');
        await world.clickhouse.command(sql);
      },
    };
    await expect(world.compact({}, { clickhouse })).rejects.toThrow('killed');

    const report = await world.compact();

    expect(report).toMatchObject({ status: 'skipped', snapshot: 2 });
    expect(world.clickhouse.commands.at(-1)).toContain('toUInt64(2) AS `_snapshot`');
  });
});

describe('a lost acknowledgement', () => {
  it('of any conditional write doubles nothing', async () => {
    for (let lost = 1; lost <= 6; lost += 1) {
      const world = await createDelivered();
      await world.compact({ limits }, { store: loseAcknowledgement(world.store, lost) });

      const { events, deadLetters, summary } = await world.readLake();
      expect([lost, events, deadLetters, summary.stored.get(0)]).toEqual([lost, ALL_EVENTS, ['0:2'], 5]);
    }
  });
});

describe('two compactors at once', () => {
  it('double nothing and lose nothing, whichever is first at each commit', async () => {
    const world = await createDelivered();

    const reports = await Promise.all([
      world.compact({ limits }),
      world.compact({ limits }),
      world.compact({ limits }),
    ]);

    const { events, deadLetters, version, summary } = await world.readLake();
    expect([events, deadLetters]).toEqual([ALL_EVENTS, ['0:2']]);
    expect(summary.stored.get(0)).toBe(5);
    expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(5);
    expect(reports.map(({ snapshot }) => snapshot)).toEqual([version, version, version]);
  });

  it('of different reach: the one that loses goes on from the winner’s tidemark', async () => {
    const world = await createDelivered();
    let isFirst = true;
    const beaten: ObjectStore = {
      ...world.store,
      putIfAbsent: async (key, body) => {
        if (isFirst && /retail_events-.*v2\.metadata/.test(key) && !key.startsWith('tidemark/')) {
          isFirst = false;
          await world.compact({ toOffsets: new Map([[0, 3]]) });
        }
        return world.store.putIfAbsent(key, body);
      },
    };

    const report = await world.compact({}, { store: beaten });

    const { events, deadLetters, summary } = await world.readLake();
    expect([events, deadLetters, summary.stored.get(0)]).toEqual([ALL_EVENTS, ['0:2'], 5]);
    expect(report).toMatchObject({ rows: 3, rejected: 0 });
  });
});

/** The n-th conditional write succeeds, but its answer never arrives; the retry meets it. */
function loseAcknowledgement(store: ObjectStore, lost: number): ObjectStore {
  let writes = 0;
  return {
    ...store,
    putIfAbsent: async (key, body) => {
      writes += 1;
      const outcome = await store.putIfAbsent(key, body);
      if (writes !== lost) return outcome;
      if (/catalog\/|v1\.metadata/.test(key)) return 'exists';
      throw new TidemarkError('no answer', { retryable: true });
    },
  };
}

describe('the bronze table', () => {
  const withBronze = { ...declaration, stream: { ...declaration.stream, bronzeTable: 'bronze/retail_events' } };
  const ALL_OFFSETS = ['0:0', '0:1', '0:2', '0:3', '0:4', '0:5'];

  async function createDeliveredWithBronze() {
    const world = createWorld({}, withBronze);
    await produceDelivered(world, 0, [...salesOf(0, 2), poisonRecord(2), ...salesOf(3, 6)]);
    return world;
  }

  it('keeps the bytes and the verdict of every record, by the date of the event', async () => {
    const world = await createDeliveredWithBronze();

    await world.compact();

    const { deadLetterRows: rows } = await world.readLake();
    const values = world.kafka.partitions[0]?.map((slot) => (slot === 'marker' ? null : slot.value?.toString()));
    expect(rows.map(({ value }) => Buffer.from(value as Uint8Array).toString())).toEqual(values);
    expect(rows.map(({ verdict }) => verdict)).toEqual(['valid', 'valid', 'invalid_json', 'valid', 'valid', 'valid']);
    const files = [...world.store.objects.keys()].filter((key) => /^bronze.*parquet$/.test(key));
    expect(files.map((key) => key.split('/').at(-2))).toEqual(['event_date=2026-11-21']);
  });

  it.each(['before', 'after'] as const)(
    'holds every record once when a compactor dies %s any of its writes',
    async (when) => {
      const counted = await createDeliveredWithBronze();
      const { store: countedStore, writes } = killAtWrite(counted.store);
      await counted.compact({ limits }, { store: countedStore });
      for (let write = 1; write <= writes(); write += 1) {
        const world = await createDeliveredWithBronze();
        const { store } = killAtWrite(world.store, { write, when });
        await world.compact({ limits }, { store }).catch(() => undefined);
        const atDeath = await world.readLake();
        const tidemark = atDeath.summary.tidemark.get(0) ?? 0;

        await world.compact({ limits });

        const { events, deadLetters } = await world.readLake();
        expect([write, events, deadLetters]).toEqual([write, ALL_EVENTS, ALL_OFFSETS]);
        expect(atDeath.deadLetters).toEqual(expect.arrayContaining(ALL_OFFSETS.slice(0, tidemark)));
      }
    },
    EVERY_WRITE_TIMEOUT_MS,
  );

  it('holds every record once with three compactors at once', async () => {
    const world = await createDeliveredWithBronze();

    await Promise.all([world.compact({ limits }), world.compact({ limits }), world.compact({ limits })]);

    const { events, deadLetters } = await world.readLake();
    expect([events, deadLetters]).toEqual([ALL_EVENTS, ALL_OFFSETS]);
  });

  it('says so where Kafka had deleted the bytes', async () => {
    const world = await createDeliveredWithBronze();
    world.kafka.logStarts.set(0, 4);

    await world.compact();

    const { deadLetterRows: rows } = await world.readLake();
    expect(rows.map(({ detail, value }) => [detail, value === undefined || value === null])).toEqual([
      ['Kafka had deleted the bytes before they were compacted', true],
      ['Kafka had deleted the bytes before they were compacted', true],
      ['', false],
      ['Kafka had deleted the bytes before they were compacted', true],
      ['', false],
      ['', false],
    ]);
  });
});
