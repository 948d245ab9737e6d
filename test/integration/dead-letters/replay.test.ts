import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findDeclaration } from '@tidemark/domains/index';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { storeDeadLetters } from '@tidemark/platform/dead-letters';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import type { KafkaRecord } from '@tidemark/platform/kafka/log';
import { type OpenTransactionalWriter, openTransactionalWriter } from '@tidemark/platform/kafka/transactional-writer';
import { writeCursor } from '../../../functions/serving/dead-letters/cursor.ts';
import { discardDeadLetters } from '../../../functions/serving/dead-letters/discard-dead-letters.ts';
import { listDeadLetters } from '../../../functions/serving/dead-letters/list-dead-letters.ts';
import { ReplayTakenOver, replayDeadLetters } from '../../../functions/serving/dead-letters/replay-dead-letters.ts';
import { discardSchema, listSchema, replaySchema } from '../../../functions/serving/dead-letters/requests.ts';
import { ReplayForgotten } from '../../../functions/serving/dead-letters/settle-attempts.ts';
import { showDeadLetter } from '../../../functions/serving/dead-letters/show-dead-letter.ts';
import { createIngest } from '../../../functions/speed/ingest/ingest-records.ts';
import { silentLog } from '../../support/compaction.ts';
import { Killed } from '../../support/failing-object-store.ts';
import { type KafkaAndClickHouse, startKafkaAndClickHouse } from '../../support/kafka-and-clickhouse.ts';
import { kafkaEventOf, salesOf } from '../../support/retail-records.ts';

jest.setTimeout(60_000);

const declared = findDeclaration('retail_events').stream;
let world: KafkaAndClickHouse;
/** Each test has a stream of its own, of the same schema. */
let stream: typeof declared;
let tests = 0;

beforeAll(async () => {
  world = await startKafkaAndClickHouse();
}, 240_000);

afterAll(() => world?.stop(), 60_000);

beforeEach(async () => {
  tests += 1;
  stream = { ...declared, name: `replayed_${tests}`, topic: `replayed-${tests}` };
  await world.kafka.createTopic(stream.topic, { partitions: 3 });
});

describe('listing and showing', () => {
  it('pages through what the filter lets pass, and counts it by reason', async () => {
    await keep([...poison(0, 5), ...mendable(5, 12)]);

    const pages: number[][] = [];
    for (let cursor: string | undefined, isLast = false; !isLast; ) {
      const page = await list({ limit: 5, ...(cursor !== undefined && { cursor }) });
      pages.push(page.data.map(({ offset }) => offset));
      cursor = page.next_cursor ?? undefined;
      isLast = cursor === undefined;
    }

    expect(pages).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [10, 11],
    ]);
    expect((await list({})).counts.map(({ reason, records }) => [reason, records])).toEqual([
      ['wrong_type', 7],
      ['invalid_json', 5],
    ]);
    const some = await list({ reason: 'wrong_type', from_offset: 7, to_offset: 9, partition: 0 });
    expect(some.data.map(({ offset }) => offset)).toEqual([7, 8]);
    expect((await list({ from: new Date(NOW_MS + 3000).toISOString() })).data).toHaveLength(9);
  });

  it('shows the bytes, as text where they are UTF-8', async () => {
    await keep([{ offset: 3, reason: 'invalid_unicode', value: Buffer.from([0xff, 0x00]) }]);

    const shown = await showDeadLetter({ stream: stream.name, partition: 0, offset: 3 } as never, world.reader);

    expect(shown).toMatchObject({
      state: 'open',
      key: { base64: Buffer.from('k3').toString('base64'), text: 'k3' },
      value: { base64: '/wA=', text: null },
      headers: [{ name: 'h', value: { base64: 'MQ==', text: '1' } }],
      history: [],
    });
  });

  it('refuses a cursor that is none, and a dead letter that is not there', async () => {
    await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({ status: 400 });
    const nothing = showDeadLetter({ stream: stream.name, partition: 0, offset: 3 } as never, world.reader);
    await expect(nothing).rejects.toMatchObject({ status: 404 });
  });
});

describe('a replay', () => {
  it('says in a dry run what would be accepted, and produces nothing', async () => {
    await keep([...poison(0, 2), ...mendable(2, 5)]);

    const dry = await replay({ dryRun: true, transform: MEND });

    expect(dry).toMatchObject({ examined: 5, replayed: 3, still_invalid: { invalid_json: 2 }, is_complete: true });
    expect(await readTopic()).toEqual([]);
    expect((await list({})).data).toHaveLength(5);
  });

  it('produces what is an event now, names its origin, and leaves the rest open', async () => {
    await keep([...poison(0, 2), ...mendable(2, 5)]);

    expect(await replay({ transform: MEND, comment: 'mended' })).toMatchObject({ replayed: 3 });

    const records = await readTopic();
    expect(originsOf(records)).toEqual(['2', '3', '4']);
    expect(records.map(({ value }) => JSON.parse(String(value)).store_id)).toEqual([7, 7, 7]);
    expect(records.map(({ headers }) => headers[0]?.[0])).toEqual(['h', 'h', 'h']);
    expect((await list({})).data.map(({ offset }) => offset)).toEqual([0, 1]);
    const done = await list({ state: 'replayed' });
    expect(done.data.map(({ comment }) => comment)).toEqual(['mended', 'mended', 'mended']);
    expect(done.data.map(({ new_partition, new_offset }) => `${new_partition}:${new_offset}`).sort()).toEqual(
      records.map(({ partition, offset }) => `${partition}:${offset}`).sort(),
    );
  });

  it('goes on behind what stays refused, with the cursor of the answer before', async () => {
    await keep([...poison(0, 4), ...mendable(4, 7)]);
    const reports = [];
    for (let cursor: string | undefined; ; ) {
      const report = await replay({ transform: MEND, maxRecords: 3, cursor });
      reports.push([report.examined, report.replayed, report.is_complete]);
      if (report.next_cursor === null) break;
      cursor = report.next_cursor;
    }

    expect(reports).toEqual([
      [3, 0, false],
      [3, 2, false],
      [1, 1, true],
    ]);
    expect(originsOf(await readTopic())).toEqual(['4', '5', '6']);
  });

  it.each([
    ['that is none', 'abc', 'must be the next_cursor of an answer'],
    [
      'of another stream',
      writeCursor({ stream: 'other', topic: 't', partition: 0, offset: 1 }),
      'is of the stream other',
    ],
  ])('refuses a cursor %s', async (_name, cursor, message) => {
    const errors = [{ field: 'cursor', message }];
    await expect(replay({ cursor })).rejects.toMatchObject({ status: 400, errors });
  });

  it('changes nothing the second time', async () => {
    await keep(mendable(0, 3));
    await replay({ transform: MEND });

    expect(await replay({ transform: MEND })).toMatchObject({ examined: 0, replayed: 0 });
    expect(await readTopic()).toHaveLength(3);
  });

  it.each([
    ['before anything is written down', { insert: 1, when: 'before' }],
    ['after it is written down as begun', { insert: 1, when: 'after' }],
    ['after the commit, before it is written down', { insert: 2, when: 'before' }],
    ['after all of it', { insert: 2, when: 'after' }],
  ] as const)('killed %s, is finished by the next one, each record once', async (_name, at) => {
    await keep(mendable(0, 4));
    await expect(replay({ transform: MEND }, { writer: killAtInsert(at) })).rejects.toThrow(Killed);

    await replay({ transform: MEND });

    expect(originsOf(await readTopic())).toEqual(['0', '1', '2', '3']);
    expect((await list({ state: 'replayed' })).data).toHaveLength(4);
  });

  it('killed inside its transaction, is finished by the next one, each record once', async () => {
    await keep(mendable(0, 4));
    const openWriter: OpenTransactionalWriter = async (id, topic) => {
      const real = await openReplayWriter(id, topic);
      await real.write([], { position: 0, note: '' });
      return { progress: real.progress, write: () => dieInTransaction(id, topic), close: () => real.close() };
    };
    await expect(replay({ transform: MEND }, { openWriter })).rejects.toThrow(Killed);
    expect((await list({})).data).toHaveLength(4);

    await replay({ transform: MEND });

    expect(originsOf(await readTopic())).toEqual(['0', '1', '2', '3']);
  });

  it('of several at once, produces each record once', async () => {
    await keep(mendable(0, 60));

    const outcomes = await Promise.allSettled([1, 2, 3].map(() => replay({ transform: MEND })));
    await replay({ transform: MEND });

    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(reasons.every((reason) => reason instanceof ReplayTakenOver && reason.status === 409)).toBe(true);
    expect((await readTopic()).length).toBe(60);
    expect((await list({ state: 'replayed', limit: 1000 })).data).toHaveLength(60);
  });

  it('whose outcome Kafka has forgotten is settled by the operator', async () => {
    await keep(mendable(0, 2));
    await expect(replay({ transform: MEND }, { writer: killAtInsert({ insert: 2, when: 'before' }) })).rejects.toThrow(
      Killed,
    );
    const kafka = createKafka({ brokers: [world.kafka.brokers], clientId: 'forget' }).admin();
    await kafka.connect();
    await kafka.deleteGroups([`tidemark-replay-${stream.name}`]);
    await kafka.disconnect();

    await expect(replay({ transform: MEND })).rejects.toThrow(ReplayForgotten);
    expect(await replay({ transform: MEND, unresolved: 'replayed' })).toMatchObject({ replayed: 0 });

    expect((await list({ state: 'replayed' })).data).toHaveLength(2);
    expect(await readTopic()).toHaveLength(2);
  });
});

describe('discarding', () => {
  function discard(more: object) {
    const request = discardSchema.parse({
      stream: declared.name,
      reason: 'invalid_json',
      comment: 'noise',
      ...more,
    });
    const deps = { reader: world.reader, writer: world.writer, clock: Date.now, newId: randomUUID };
    return discardDeadLetters({ ...request, stream: stream.name } as never, Number.POSITIVE_INFINITY, deps);
  }

  it('says in a dry run where the rest begins', async () => {
    await keep(poison(0, 3));
    const first = await discard({ dryRun: true, maxRecords: 2 });
    const second = await discard({ dryRun: true, maxRecords: 2, cursor: first.next_cursor ?? undefined });

    expect([first, second]).toMatchObject([
      { discarded: 2, is_complete: false },
      { discarded: 1, is_complete: true, next_cursor: null },
    ]);
  });

  it('takes dead letters out of what is open, with a reason, and keeps their bytes', async () => {
    await keep([...poison(0, 2), ...mendable(2, 5)]);

    expect(await discard({ dryRun: true })).toMatchObject({ discarded: 2 });
    expect(await discard({})).toMatchObject({ discarded: 2 });
    expect(await discard({})).toMatchObject({ discarded: 0 });

    expect((await list({})).data.map(({ offset }) => offset)).toEqual([2, 3, 4]);
    const shown = await showDeadLetter({ stream: stream.name, partition: 0, offset: 1 } as never, world.reader);
    expect(shown).toMatchObject({ state: 'discarded', value: { text: 'poison 1' } });
    expect(shown.history.map(({ action, comment }) => [action, comment])).toEqual([['discarded', 'noise']]);
  });
});

describe('a row that ClickHouse refuses although it was judged valid', () => {
  it('is the one dead letter of a batch of thousands, whose others are stored; a table that is gone refuses none', async () => {
    const refusing = { ...stream, database: 'tidemark', hotTable: 'refusing' };
    const ddl = await readFile(
      new URL('../../../sql/retail_events/speed/retail_events_realtime.sql', import.meta.url),
      'utf8',
    );
    await world.admin.command(ddl.replace('retail.retail_events_realtime', 'tidemark.refusing'));
    await world.admin.command('ALTER TABLE tidemark.refusing ADD CONSTRAINT picky CHECK quantity != 1500');
    const event = kafkaEventOf(
      salesOf(0, 3000).map((record, offset) => ({ ...record, topic: stream.topic, partition: 0, offset })),
    );
    const ingest = createIngest(refusing, { clickhouse: world.writer, log: silentLog });

    expect(await ingest(event)).toEqual({ stored: 2999, rejected: 1 });
    expect(await ingest(event)).toEqual({ stored: 2999, rejected: 1 });

    const { rows } = await world.reader.query('SELECT count() AS stored FROM tidemark.refusing FINAL');
    expect(rows).toEqual([{ stored: 2999 }]);
    expect((await list({})).data.map(({ offset, reason, detail }) => [offset, reason, detail])).toEqual([
      [1499, 'refused_by_storage', 'ClickHouse code 469'],
    ]);
    await world.admin.command('DROP TABLE tidemark.refusing');
    await expect(ingest(event)).rejects.toMatchObject({ code: '60', retryable: true });
    expect((await list({})).data).toHaveLength(1);
  });
});

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const MEND = [{ op: 'convert', field: 'store_id', to: 'number' }] as const;

interface Letter {
  readonly offset: number;
  readonly reason: string;
  readonly value: Buffer;
}

function poison(from: number, to: number): Letter[] {
  return range(from, to).map((offset) => ({ offset, reason: 'invalid_json', value: Buffer.from(`poison ${offset}`) }));
}

/** Events whose store is written as text. */
function mendable(from: number, to: number): Letter[] {
  return range(from, to).map((offset) => {
    const event = { event_time: '2026-11-21 11:00:00', store_id: '7', product_id: `P${offset}`, category: 'Books' };
    const rest = { transaction_type: 'SALE', quantity: 1, unit_price: 2.5 };
    return { offset, reason: 'wrong_type', value: Buffer.from(JSON.stringify({ ...event, ...rest })) };
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

async function keep(letters: readonly Letter[]): Promise<void> {
  await storeDeadLetters(
    world.writer,
    letters.map(({ offset, reason, value }) => ({
      stream: stream.name,
      reason,
      detail: '',
      record: {
        topic: stream.topic,
        partition: 0,
        offset,
        timestamp: NOW_MS + offset * 1000,
        key: Buffer.from(`k${offset}`),
        value,
        headers: [['h', Buffer.from('1')]],
      },
    })),
  );
}

const list = (request: object) =>
  listDeadLetters({ ...listSchema.parse(request), stream: stream.name } as never, world.reader);

const openReplayWriter: OpenTransactionalWriter = (id, topic) =>
  openTransactionalWriter({ brokers: [world.kafka.brokers], clientId: 'test-replay' }, id, topic);

function replay(request: object, more: { writer?: ClickHouse; openWriter?: OpenTransactionalWriter } = {}) {
  const parsed = replaySchema.parse({ stream: declared.name, ...request });
  const deps = {
    reader: world.reader,
    writer: world.writer,
    openWriter: openReplayWriter,
    clock: Date.now,
    newId: randomUUID,
    ...more,
  };
  return replayDeadLetters(stream, { ...parsed, stream: stream.name } as never, Number.POSITIVE_INFINITY, deps);
}

/** A process that dies before or after one of its inserts; the first is number 1. */
function killAtInsert({ insert: at, when }: { insert: number; when: 'before' | 'after' }): ClickHouse {
  let inserts = 0;
  const insert: ClickHouse['insert'] = async (table, columns, rows) => {
    if (rows.length === 0) return;
    inserts += 1;
    if (inserts === at && when === 'before') throw new Killed();
    await world.writer.insert(table, columns, rows);
    if (inserts === at) throw new Killed();
  };
  return { ...world.writer, insert };
}

/** Leaves a transaction open, with a record in it, as a process does that is killed there. */
async function dieInTransaction(transactionalId: string, topic: string): Promise<never> {
  const producer = createProducer(createKafka({ brokers: [world.kafka.brokers], clientId: 'dying' }), {
    transactionalId,
  });
  await producer.connect();
  await (await producer.transaction()).send({ topic, messages: [{ value: 'of a transaction that nobody ends' }] });
  await producer.disconnect();
  throw new Killed();
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

/** Offsets of the dead letters that the records were made from, each as often as it is there. */
function originsOf(records: readonly KafkaRecord[]): string[] {
  return records
    .map(({ headers }) => String(headers.find(([name]) => name === 'tidemark-replay-of')?.[1]))
    .map((origin) => origin.split('/').at(-1) ?? '')
    .sort();
}
