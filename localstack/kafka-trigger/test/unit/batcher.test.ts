import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Batch, Batcher, type BatchLimits } from '../../src/core/batcher.ts';
import { buildEvent } from '../../src/core/event.ts';
import { envelopeBytes } from '../../src/core/event-size.ts';
import type { PartitionLane } from '../../src/core/partition-lane.ts';
import { createRecord } from '../support/records.ts';

const SOURCE = { kind: 'self-managed', bootstrapServers: 'b-1:9092' } as const;
const LIMITS: BatchLimits = {
  maxRecords: 4,
  windowMs: 500,
  maxBytes: 6_000_000,
  envelopeBytes: envelopeBytes(SOURCE),
  maxInFlight: 10,
};

let batcher: Batcher;
const assign = (...partitions: number[]) =>
  batcher.assign(
    partitions.map((partition) => ({ topic: 't', partition })),
    true,
  );
const laneOf = (partition: number): PartitionLane => batcher.lane('t', partition) as PartitionLane;
const arrive = (partition: number, offsets: number[], arrivedAtMs: number, fields = {}) =>
  laneOf(partition).accept(
    offsets.map((offset) => createRecord(offset, { arrivedAtMs, ...fields })),
    Math.max(...offsets) + 1,
  );
const finish = (batch: Batch) => {
  for (const { lane } of batch.slices) lane.finish();
  batcher.settle(batch);
};
const offsetsOf = (batch: Batch | undefined) =>
  Object.fromEntries(
    (batch?.slices ?? []).map((slice) => [slice.partition, slice.records.map(({ offset }) => offset)]),
  );

beforeEach(() => {
  batcher = new Batcher(LIMITS);
  assign(0, 1, 2);
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
describe('a batch', () => {
  it('waits for its window, which opens with its first record', () => {
    arrive(0, [1], 100);
    arrive(0, [2], 400);
    expect(batcher.next(599)).toBeUndefined();
    expect(batcher.dueAtMs()).toBe(600);
    expect(offsetsOf(batcher.next(600))).toEqual({ 0: [1, 2] });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html
  it('goes at once when it is full by count', () => {
    arrive(0, [1, 2, 3, 4, 5], 100);
    expect(offsetsOf(batcher.next(100))).toEqual({ 0: [1, 2, 3, 4] });
  });

  it('goes at once when it is full by bytes, and never exceeds them', () => {
    batcher = new Batcher({ ...LIMITS, maxRecords: 100, maxBytes: 1_000 });
    assign(0, 1);
    const value = Buffer.alloc(200);
    arrive(0, [1], 0, { value });
    arrive(1, [1, 2], 0, { value });
    const batch = batcher.next(0) as Batch;
    const size = Buffer.byteLength(JSON.stringify(buildEvent(SOURCE, batch.slices)));
    expect(offsetsOf(batch)).toEqual({ 0: [1], 1: [1] });
    expect(batch.bytes).toBe(size);
    expect(size).toBeLessThanOrEqual(1_000);
  });

  it('holds nothing but the record that fits into no event, in its turn', () => {
    batcher = new Batcher({ ...LIMITS, maxBytes: 1_000 });
    assign(0, 1);
    arrive(0, [1], 0);
    laneOf(0).accept([createRecord(2, { value: Buffer.alloc(1_000) }), createRecord(3)], 4);
    arrive(1, [1], 5);
    const first = batcher.next(0) as Batch;
    expect([offsetsOf(first), first.isOversized]).toEqual([{ 0: [1], 1: [1] }, false]);
    finish(first);
    const second = batcher.next(0) as Batch;
    expect([offsetsOf(second), second.isOversized]).toEqual([{ 0: [2] }, true]);
    expect(second.bytes).toBe(Buffer.byteLength(JSON.stringify(buildEvent(SOURCE, second.slices))));
    finish(second);
    expect(offsetsOf(batcher.next(500))).toEqual({ 0: [3] });
  });

  it('with a window of 0 goes as soon as a record is there and its partition is idle', () => {
    batcher = new Batcher({ ...LIMITS, windowMs: 0 });
    assign(0);
    arrive(0, [1], 100);
    const first = batcher.next(100) as Batch;
    arrive(0, [2, 3], 101);
    expect(batcher.next(5_000)).toBeUndefined();
    finish(first);
    expect(offsetsOf(batcher.next(5_000))).toEqual({ 0: [2, 3] });
  });

  it('mixes idle partitions', () => {
    arrive(0, [1], 100);
    arrive(2, [7], 200);
    expect(offsetsOf(batcher.next(600))).toEqual({ 0: [1], 2: [7] });
  });

  it('serves the partition first that has waited longest', () => {
    arrive(1, [1, 2, 3], 50);
    arrive(0, [1, 2, 3], 100);
    expect(offsetsOf(batcher.next(600))).toEqual({ 1: [1, 2, 3], 0: [1] });
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
describe('partitions', () => {
  it('have one batch in flight at most, while others run beside it', () => {
    arrive(0, [1, 2, 3, 4, 5, 6, 7, 8], 0);
    const first = batcher.next(0) as Batch;
    expect(batcher.next(10_000)).toBeUndefined();
    arrive(1, [1, 2, 3, 4], 0);
    expect(offsetsOf(batcher.next(0))).toEqual({ 1: [1, 2, 3, 4] });
    finish(first);
    expect(offsetsOf(batcher.next(0))).toEqual({ 0: [5, 6, 7, 8] });
  });

  it('share the pollers: no more batches are in flight than these', () => {
    batcher = new Batcher({ ...LIMITS, maxInFlight: 1 });
    assign(0, 1);
    arrive(0, [1, 2, 3, 4], 0);
    arrive(1, [1, 2, 3, 4], 1);
    const first = batcher.next(1) as Batch;
    expect(batcher.next(10_000)).toBeUndefined();
    finish(first);
    expect(offsetsOf(batcher.next(1))).toEqual({ 1: [1, 2, 3, 4] });
  });

  it('keep their records through a rebalance that leaves them here', () => {
    arrive(0, [1, 2], 0);
    batcher.assign([{ topic: 't', partition: 0 }], true);
    laneOf(0).accept([createRecord(1), createRecord(2), createRecord(3)], 4);
    expect(offsetsOf(batcher.next(10_000))).toEqual({ 0: [1, 2, 3] });
  });

  it('start afresh when another consumer may have had them', () => {
    arrive(0, [1, 2], 0);
    const before = laneOf(0);
    batcher.assign([{ topic: 't', partition: 0 }], false);
    expect(before.isRevoked).toBe(true);
    laneOf(0).accept([createRecord(2)], 3);
    expect(offsetsOf(batcher.next(10_000))).toEqual({ 0: [2] });
  });

  it('that come back wait for the batch that is still in flight from before', () => {
    arrive(0, [1, 2, 3, 4], 0);
    const before = batcher.next(0) as Batch;
    assign();
    assign(0);
    arrive(0, [1, 2, 3, 4], 0);
    expect(batcher.next(10_000)).toBeUndefined();
    finish(before);
    expect(offsetsOf(batcher.next(10_000))).toEqual({ 0: [1, 2, 3, 4] });
  });
});
