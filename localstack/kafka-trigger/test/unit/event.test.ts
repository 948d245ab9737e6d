import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildEvent, type EventSource } from '../../src/core/event.ts';
import { envelopeBytes, partitionBytes } from '../../src/core/event-size.ts';
import { anyRecord, createRecord } from '../support/records.ts';

const MSK: EventSource = {
  kind: 'msk',
  eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/demo/0',
  bootstrapServers: 'b-1:9092,b-2:9092',
};
const SELF_MANAGED: EventSource = { kind: 'self-managed', bootstrapServers: 'b-1:9092' };

const recordOf = (fields: Parameters<typeof createRecord>[1]) =>
  buildEvent(MSK, [{ topic: 't', partition: 0, records: [createRecord(15, fields)] }]).records['t-0']?.[0];

// https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html#msk-sample-event
describe('the Lambda event', () => {
  it('of an MSK mapping carries the ARN and the records by topic-partition, numbers as numbers', () => {
    const record = createRecord(15, {
      key: Buffer.from('recordKey'),
      value: Buffer.from('{"key":"value"}'),
      headers: [['headerKey', Buffer.from('headerValue')]],
      timestamp: 1545084650987,
    });
    expect(buildEvent(MSK, [{ topic: 'mytopic', partition: 0, records: [record] }])).toEqual({
      eventSource: 'aws:kafka',
      eventSourceArn: MSK.eventSourceArn,
      bootstrapServers: 'b-1:9092,b-2:9092',
      records: {
        'mytopic-0': [
          {
            topic: 'mytopic',
            partition: 0,
            offset: 15,
            timestamp: 1545084650987,
            timestampType: 'CREATE_TIME',
            key: 'cmVjb3JkS2V5',
            value: 'eyJrZXkiOiJ2YWx1ZSJ9',
            headers: [{ headerKey: [104, 101, 97, 100, 101, 114, 86, 97, 108, 117, 101] }],
          },
        ],
      },
    });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html#smaa-sample-event
  it('of a self-managed mapping has another source and no ARN', () => {
    const event = buildEvent(SELF_MANAGED, []);
    expect(event).toEqual({ eventSource: 'SelfManagedKafka', bootstrapServers: 'b-1:9092', records: {} });
    expect(event).not.toHaveProperty('eventSourceArn');
  });

  it('shows header bytes as signed ones', () => {
    expect(recordOf({ headers: [['h', Buffer.from('hé')]] })?.headers).toEqual([{ h: [104, -61, -87] }]);
  });

  it('keeps the order of headers and repeats of a key', () => {
    const headers = ['b', '1', 'b'].map((key, i) => [key, Buffer.from([i])] as const);
    expect(recordOf({ headers })?.headers).toEqual([{ b: [0] }, { 1: [1] }, { b: [2] }]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
  it('shows absent headers as an empty list', () => {
    expect(recordOf({ headers: [] })?.headers).toEqual([]);
  });

  it('tells a tombstone, a missing key and empty bytes apart', () => {
    expect(recordOf({ key: null, value: null })).toMatchObject({ value: null });
    expect(recordOf({ key: null })).not.toHaveProperty('key');
    expect(recordOf({ key: Buffer.alloc(0), value: Buffer.alloc(0) })).toMatchObject({ key: '', value: '' });
  });

  it('names the kind of timestamp', () => {
    expect(recordOf({ timestampType: 'LOG_APPEND_TIME' })?.timestampType).toBe('LOG_APPEND_TIME');
  });
});

describe('the size of an event', () => {
  const anySlice = fc
    .tuple(fc.stringMatching(/^[a-z][a-z.-]{0,8}$/), fc.nat(300))
    .chain(([topic, partition]) =>
      fc
        .array(anyRecord(topic, partition), { minLength: 1, maxLength: 5 })
        .map((records) => ({ topic, partition, records })),
    );
  const anySlices = fc.uniqueArray(anySlice, {
    minLength: 1,
    maxLength: 4,
    selector: ({ topic, partition }) => `${topic}-${partition}`,
  });

  it('by arithmetic is exactly that of its JSON', () => {
    fc.assert(
      fc.property(anySlices, fc.constantFrom(MSK, SELF_MANAGED), (slices, source) => {
        const partitions = slices.map(({ topic, partition, records }) => {
          const commas = records.length - 1;
          return partitionBytes(topic, partition) + commas + records.reduce((sum, each) => sum + each.eventBytes, 0);
        });
        const counted = envelopeBytes(source) + partitions.reduce((sum, each) => sum + each, 0) - 1;
        expect(counted).toBe(Buffer.byteLength(JSON.stringify(buildEvent(source, slices))));
      }),
      { numRuns: 500 },
    );
  });
});
