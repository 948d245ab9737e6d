import { describe, expect, it } from '@jest/globals';
import { COMPRESSION } from '@tidemark/platform/kafka/codecs';
import { decodeRecordBatches } from '@tidemark/platform/kafka/record-batch';
import { WireReader } from '@tidemark/platform/kafka/wire-reader';
import fc from 'fast-check';
import { encodeBatch, encodeMarker, encodeVarint, TRANSACTIONAL } from '../../support/kafka-record-batch.ts';

const LOG_APPEND_TIME = 0x08;

describe('decodeRecordBatches', () => {
  it('gives keys, values, nulls, and headers in order with repeats', () => {
    const headers = [
      ['b', Buffer.from('1')],
      ['a', null],
      ['b', Buffer.alloc(0)],
      ['', Buffer.from([0xff])],
    ] as const;
    const records = [{ key: Buffer.from('k'), value: null, headers }, { value: Buffer.alloc(0) }];
    const [batch] = decode(encodeBatch({ baseOffset: 7, baseTimestamp: 1_000, records }));
    const shared = { topic: 't', partition: 3, timestampType: 'CREATE_TIME' };
    expect(batch).toEqual({
      nextOffset: 9,
      records: [
        { ...shared, offset: 7, timestamp: 1_000, key: Buffer.from('k'), value: null, headers },
        { ...shared, offset: 8, timestamp: 1_001, key: null, value: Buffer.alloc(0), headers: [] },
      ],
    });
  });

  it('takes the time of the append where the topic uses LogAppendTime', () => {
    const stamped = { baseTimestamp: 5, maxTimestamp: 1_763_700_000_000, attributes: LOG_APPEND_TIME };
    const [batch] = decode(encodeBatch({ baseOffset: 0, records: [{}, {}], ...stamped }));
    const expected = { timestamp: 1_763_700_000_000, timestampType: 'LOG_APPEND_TIME' };
    expect(batch?.records).toEqual([expect.objectContaining(expected), expect.objectContaining(expected)]);
  });

  it('passes offsets that compaction emptied, and leaves an incomplete batch for the next fetch', () => {
    const emptied = encodeBatch({ baseOffset: 0, records: [], lastOffsetDelta: 4 });
    const thinned = encodeBatch({ baseOffset: 5, records: [{}], lastOffsetDelta: 9 });
    const whole = encodeBatch({ baseOffset: 15, records: [{}] });
    for (let cut = 0; cut < whole.length; cut += 1) {
      const batches = decode(Buffer.concat([emptied, thinned, whole.subarray(0, cut)]));
      expect(batches.map(({ nextOffset, records }) => [nextOffset, records.length])).toEqual([
        [5, 0],
        [15, 1],
      ]);
    }
  });

  it('takes a record whose key looks like an abort marker for a record', () => {
    const key = Buffer.alloc(4);
    const data = Buffer.concat([
      encodeBatch({ baseOffset: 0, producerId: 1, attributes: TRANSACTIONAL, records: [{ key }, {}] }),
      encodeBatch({ baseOffset: 2, producerId: 1, attributes: TRANSACTIONAL, records: [{}] }),
      encodeMarker(3, 1, 'abort'),
      encodeBatch({ baseOffset: 4, records: [{ key }] }),
    ]);
    expect(readOffsets(data, [{ producerId: 1, firstOffset: 0 }])).toEqual([4]);
  });

  it('refuses batches of an older format and unknown compression', () => {
    expect(() => decode(encodeBatch({ baseOffset: 0, records: [{}], magic: 1 }))).toThrow(/format 1 .* cannot be read/);
    expect(() => decode(encodeBatch({ baseOffset: 0, records: [{}], attributes: 5 }))).toThrow(
      'compression type 5 is unknown',
    );
    expect(COMPRESSION.zstd).toBe(4);
  });

  it('gives exactly the committed records from every start offset, however transactions overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom('send', 'plain', 'commit', 'abort')), {
          maxLength: 40,
        }),
        (steps) => {
          const log = runTransactions(steps);
          for (let from = 0; from < log.end; from += 1) {
            // The broker sends from the batch that holds the offset, and every aborted transaction that reaches beyond it.
            const data = Buffer.concat(
              log.batches.filter((batch) => batch.lastOffset >= from).map((batch) => batch.data),
            );
            const aborted = log.aborted.filter(({ lastOffset }) => lastOffset >= from).reverse();
            const expected = log.committed.filter((offset) => offset >= from);
            expect(readOffsets(data, aborted).filter((offset) => offset >= from)).toEqual(expected);
          }
        },
      ),
      { numRuns: 300, seed: 20261121 },
    );
  });
});

describe('WireReader', () => {
  it('reads varints of up to 52 bits exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }), (value) => {
        expect(new WireReader(encodeVarint(value)).readVarint()).toBe(value);
      }),
      { seed: 20261121 },
    );
  });

  it('reads 64-bit integers of both signs, and refuses data that ends too early', () => {
    const data = Buffer.alloc(24);
    data.writeBigInt64BE(-1n, 0);
    data.writeBigInt64BE(BigInt(Number.MAX_SAFE_INTEGER), 8);
    data.writeBigInt64BE(-(2n ** 40n), 16);
    const reader = new WireReader(data);
    expect([reader.readInt64(), reader.readInt64(), reader.readInt64()]).toEqual([
      -1,
      Number.MAX_SAFE_INTEGER,
      -(2 ** 40),
    ]);
    expect(() => new WireReader(Buffer.from([0x80])).readVarint()).toThrow(RangeError);
    expect(() => new WireReader(Buffer.from([0, 9, 65])).readString()).toThrow(RangeError);
  });
});

function decode(data: Buffer, aborted: Parameters<typeof decodeRecordBatches>[3] = []) {
  return decodeRecordBatches('t', 3, data, aborted);
}

function readOffsets(data: Buffer, aborted: Parameters<typeof decodeRecordBatches>[3]): number[] {
  return decode(data, aborted).flatMap(({ records }) => records.map(({ offset }) => offset));
}

/** What a broker would hold after these steps; transactions left open at the end are committed. */
function runTransactions(steps: readonly (readonly [producer: number, step: string])[]) {
  const batches: { data: Buffer; lastOffset: number }[] = [];
  const aborted: { producerId: number; firstOffset: number; lastOffset: number }[] = [];
  const committed: number[] = [];
  const open = new Map<number, number[]>();
  let end = 0;
  const append = (data: Buffer, recordCount: number) => {
    batches.push({ data, lastOffset: end + recordCount - 1 });
    end += recordCount;
  };
  const finish = (producerId: number, how: 'commit' | 'abort') => {
    const offsets = open.get(producerId);
    if (!offsets) return;
    if (how === 'commit') committed.push(...offsets);
    else aborted.push({ producerId, firstOffset: offsets[0] ?? 0, lastOffset: end });
    open.delete(producerId);
    append(encodeMarker(end, producerId, how), 1);
  };
  for (const [producerId, step] of steps) {
    if (step === 'commit' || step === 'abort') finish(producerId, step);
    else if (step === 'plain') {
      committed.push(end);
      append(encodeBatch({ baseOffset: end, producerId, records: [{}] }), 1);
    } else {
      open.set(producerId, [...(open.get(producerId) ?? []), end, end + 1]);
      append(encodeBatch({ baseOffset: end, producerId, attributes: TRANSACTIONAL, records: [{}, {}] }), 2);
    }
  }
  for (const producerId of [...open.keys()]) finish(producerId, 'commit');
  return { batches, aborted, committed: committed.sort((a, b) => a - b), end };
}
