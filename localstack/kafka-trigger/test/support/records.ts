import type { CommittedMessage } from '@tidemark/platform/kafka/aborted-transactions';
import fc from 'fast-check';
import { recordBytes, recordFrameBytes } from '../../src/core/event-size.ts';
import type { KafkaRecord } from '../../src/core/record.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const bytesOrNull = (maxLength: number) => fc.option(bytes(maxLength));

/** Any record, measured as one of `topic`-`partition`. */
export function anyRecord(topic: string, partition: number): fc.Arbitrary<KafkaRecord> {
  return fc
    .record({
      offset: fc.maxSafeNat(),
      timestamp: fc.oneof(fc.constant(-1), fc.maxSafeNat()),
      timestampType: fc.constantFrom('CREATE_TIME' as const, 'LOG_APPEND_TIME' as const),
      key: bytesOrNull(20),
      value: bytesOrNull(100),
      headers: fc.array(fc.tuple(fc.string({ unit: 'binary' }), bytesOrNull(20)), { maxLength: 3 }),
      arrivedAtMs: fc.nat(1000),
    })
    .map((record) => ({ ...record, eventBytes: recordBytes(record, recordFrameBytes(topic, partition)) }));
}

/** A small record of topic `t`, partition 0. */
export function createRecord(offset: number, fields: Partial<KafkaRecord> = {}): KafkaRecord {
  const record: KafkaRecord = {
    offset,
    timestamp: 1_700_000_000_000,
    timestampType: 'CREATE_TIME',
    key: null,
    value: Buffer.from(`value ${offset}`),
    headers: [],
    eventBytes: 0,
    arrivedAtMs: 0,
    ...fields,
  };
  return { ...record, eventBytes: fields.eventBytes ?? recordBytes(record, recordFrameBytes('t', 0)) };
}

/** A message as the consumer hands it over. */
export function createMessage(offset: number, value: string | null = `value ${offset}`): CommittedMessage {
  return {
    attributes: 0,
    offset: String(offset),
    timestamp: '1700000000000',
    timestampType: 'CREATE_TIME',
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers: {},
    orderedHeaders: [],
  };
}
