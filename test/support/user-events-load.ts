import { isUtf8 } from 'node:buffer';
import { appendFile } from 'node:fs/promises';
import type { UserEvent } from '@tidemark/domains/user_events/event';
import { userEvents } from '@tidemark/domains/user_events/stream';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import { type Disturbance, disturb } from '../../localstack/generators/producing/disturb.ts';
import type { Message } from '../../localstack/generators/producing/message.ts';
import { userEventsGenerator } from '../../localstack/generators/user_events/generator.ts';

/** Records of user events on their way into Kafka, and the file that keeps what Kafka acknowledged. */
export interface UserEventsLoad {
  /** Sends the next records, or all that are left. @returns how many Kafka acknowledged */
  produce(records?: number, options?: ProduceOptions): Promise<number>;
  close(): Promise<void>;
}

export interface ProduceOptions {
  /** Some events get a second record in another partition that contradicts them: which counts depends on the lake. */
  readonly contradictElsewhere?: boolean;
}

export interface LoadOptions {
  readonly brokers: string;
  /** NDJSON as test/support/expected-user-events.py reads it; appended to. */
  readonly file: string;
  /** Well-made ones; repeats and poison come in addition. */
  readonly events: number;
  readonly seed: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 7;
const USERS = 1_000;
const DISTURBANCE: Disturbance = { latePercent: 5, duplicatePercent: 5, poisonPercent: 1 };
const BATCH_RECORDS = 2_000;
/** Of the events, one in so many is sent to another partition too. */
const ELSEWHERE_EVERY = 200;

/**
 * A week of user events that ends now: 5% late by up to two days, 5% repeats of which every fifth says something else,
 * 1% poison. All records of a user go to one partition, so that of an event and its contradictions the first is the
 * event whatever the lake holds; a repeat in another partition says the same, unless `contradictElsewhere`.
 */
export async function openUserEventsLoad({ brokers, file, events, seed }: LoadOptions): Promise<UserEventsLoad> {
  const producer = createProducer(createKafka({ brokers: [brokers], clientId: 'test-user-events' }));
  await producer.connect();
  const untilMs = Date.now();
  const history = { seed, users: USERS, fromMs: untilMs - DAYS * DAY_MS, untilMs, count: events };
  const messages = disturb(userEventsGenerator.generateHistory(history), seed, DISTURBANCE);
  const place = createPlacer();

  async function send(batch: readonly PlacedMessage[]): Promise<void> {
    const acknowledged = await producer.send({ topic: userEvents.topic, acks: -1, messages: [...batch] });
    const lines = acknowledged.map(({ partition, baseOffset, logAppendTime }) => {
      const ofPartition = batch.filter((message) => message.partition === partition);
      const timestamp = Number(logAppendTime);
      return ofPartition.map(({ value }, index) => {
        const position = { partition, offset: Number(baseOffset) + index, timestamp };
        return `${JSON.stringify({ ...position, ...describeValue(value) })}\n`;
      });
    });
    await appendFile(file, lines.flat().join(''));
  }

  return {
    async produce(records = Number.POSITIVE_INFINITY, { contradictElsewhere = false } = {}) {
      let produced = 0;
      while (produced < records) {
        const batch: PlacedMessage[] = [];
        while (batch.length < Math.min(BATCH_RECORDS, records - produced)) {
          const next = messages.next();
          if (next.done) break;
          batch.push(...place(next.value, contradictElsewhere));
        }
        if (batch.length === 0) break;
        await send(batch);
        produced += batch.length;
      }
      return produced;
    },
    close: () => producer.disconnect(),
  };
}

interface PlacedMessage {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer | null;
}

/** Gives each record its partition, and some events a second record in another one. */
function createPlacer() {
  const seen = new Set<string>();
  return function place({ key, value }: Message, contradictElsewhere: boolean): PlacedMessage[] {
    const partition = Number(key) % userEvents.partitions;
    const placed = { partition, key, value };
    const id = value?.toString('latin1', ID_FROM, ID_TO);
    // Poison may begin otherwise.
    if (value === null || id === undefined || !UUID.test(id) || seen.has(id)) return [placed];
    seen.add(id);
    if (seen.size % ELSEWHERE_EVERY !== 0) return [placed];
    const elsewhere = (partition + 1) % userEvents.partitions;
    return [placed, { partition: elsewhere, key, value: contradictElsewhere ? contradict(value) : value }];
  };
}

/** Where JSON.stringify writes the id of a made-up event. */
const ID_FROM = '{"event_id":"'.length;
const ID_TO = ID_FROM + 36;
const UUID = /^[0-9a-f-]{36}$/;

/** The same id, and all else another: what decides which of the two counts shows in every table. */
function contradict(value: Buffer): Buffer {
  const event = JSON.parse(value.toString()) as UserEvent;
  const timestamp = new Date(Date.parse(event.timestamp) - DAY_MS).toISOString();
  const other = { ...event, user_id: event.user_id + 1, event_type: 'purchase', page: '/elsewhere', timestamp };
  return Buffer.from(JSON.stringify({ ...other, source: event.source === 'web' ? 'mobile' : 'web' }));
}

function describeValue(value: Buffer | null): object {
  if (value === null) return {};
  return isUtf8(value) ? { value: value.toString() } : { value_base64: value.toString('base64') };
}
