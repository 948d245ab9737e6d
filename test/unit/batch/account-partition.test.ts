import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountPartition, type PartitionFacts } from '../../../functions/batch/reconcile/account-partition.ts';
import { findRecords } from '../../../functions/batch/reconcile/find-records.ts';
import { NOWHERE, type Presence } from '../../../functions/batch/reconcile/judge-offsets.ts';
import { isClean, type PartitionLedger } from '../../../functions/batch/reconcile/ledger.ts';
import { BUCKET_OFFSETS, type PresenceRange } from '../../../functions/batch/reconcile/measure-buckets.ts';
import { createFakeKafkaLog } from '../../support/fake-kafka-log.ts';
import { saleRecord } from '../../support/retail-records.ts';

/** What one offset is: in Kafka a record or a marker, in the tables somewhere or nowhere. */
interface Offset {
  readonly isRecord: boolean;
  readonly presence: Presence;
}

const inLake: Presence = { ...NOWHERE, lake: 1, hot: 1, isExpectedHot: true };
const presences: readonly Presence[] = [
  NOWHERE,
  inLake,
  { ...inLake, hot: 0 },
  { ...inLake, lake: 2 },
  { ...inLake, isDifferent: true },
  { ...NOWHERE, refused: 1, hotRefused: 1, isExpectedHot: true },
  { ...NOWHERE, hot: 1 },
  { ...NOWHERE, hot: 2 },
  { ...NOWHERE, hotRefused: 1 },
  { ...NOWHERE, received: 1, hot: 1 },
  { ...inLake, refused: 1 },
];

/** A bucket whose sums say nothing, so that every offset is looked at. */
const openBucket = {
  partition: 0,
  bucket: 0,
  first_offset: 0,
  rows: [1, 0, 0, 0, 0] as const,
  offsets: [2, 0, 0, 0, 0] as const,
  batch_offsets: 0,
  valid_offsets: 0,
  speed_offsets: 0,
  is_alike: 0 as const,
};

async function account(
  offsets: readonly Offset[],
  facts: Omit<PartitionFacts, 'partition' | 'from' | 'to' | 'repeatedBySummary'>,
) {
  const kafka = createFakeKafkaLog({ chunkOffsets: 4 });
  kafka.partitions[0]?.push(...offsets.map(({ isRecord }, n) => (isRecord ? saleRecord(n) : ('marker' as const))));
  kafka.logStarts.set(0, facts.logStart);
  const present: PresenceRange[] = offsets.flatMap(({ presence }, from) =>
    presence === NOWHERE ? [] : [{ from, to: from + 1, presence }],
  );
  const repeatedBySummary = offsets.length;
  return accountPartition({ partition: 0, from: 0, to: offsets.length, repeatedBySummary, ...facts }, [openBucket], {
    readPresence: async () => present,
    findUncounted: async () => [],
    findRecords: (ranges) => findRecords(kafka, 'retail_events', 0, ranges),
  });
}

const offsetArbitrary = fc.record({ isRecord: fc.boolean(), presence: fc.constantFrom(...presences) });

describe('a ledger', () => {
  it('has every offset in exactly one account, and names each gap and no other offset', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(offsetArbitrary, { minLength: 1, maxLength: 40 }),
        fc.nat(40),
        fc.option(fc.nat(40)),
        async (offsets, tidemark, committed) => {
          const end = Math.min(tidemark, offsets.length);
          const facts = { logStart: 0, tidemark: end, committed, heldBySummary: 0, recordedGaps: [], erased: [] };
          const ledger = await account(offsets, facts);

          const total = Object.values(ledger.accounts).reduce((sum, count) => sum + count, 0);
          expect(total).toBe(offsets.length);
          expect(listOffsets(ledger.gaps)).toEqual(expectedGaps(offsets, end, committed ?? 0));
          const doubled = offsets.flatMap(({ presence }, offset) =>
            offset < end && presence.lake > 1 ? [offset] : [],
          );
          expect(listOffsets(ledger.doubles)).toEqual(expect.arrayContaining(doubled));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes what Kafka no longer has for markers only while the lake holds what its summary counts', async () => {
    const nowhere = { isRecord: false, presence: NOWHERE };
    const offsets = [{ isRecord: true, presence: inLake }, nowhere, nowhere, { isRecord: true, presence: inLake }];
    const facts = { logStart: 4, tidemark: 4, committed: 4, recordedGaps: [], erased: [] };

    const whole = await account(offsets, { ...facts, heldBySummary: 2 });
    const oneLost = await account(offsets, { ...facts, heldBySummary: 3 });
    const bothLost = await account(offsets, { ...facts, heldBySummary: 4 });
    const recorded = await account(offsets, { ...facts, heldBySummary: 2, recordedGaps: [{ from: 1, to: 3 }] });

    expect(whole.accounts).toMatchObject({ no_record: 2, gap: 0 });
    expect(oneLost.gaps).toEqual([{ from: 1, to: 3, reason: '1 of 2 such offsets were lost from the lake' }]);
    expect(bothLost.gaps).toEqual([{ from: 1, to: 3, reason: 'lost from the lake' }]);
    expect(recorded.gaps).toEqual([{ from: 1, to: 3, reason: 'expired before it was read' }]);
  });

  it('cuts a gap at the tidemark: only the part below it is published, and can be accepted', async () => {
    const offsets = Array.from({ length: 4 }, () => ({ isRecord: true, presence: NOWHERE }));
    const facts = { logStart: 4, tidemark: 2, committed: 4, heldBySummary: 0, erased: [] };

    const { gaps } = await account(offsets, { ...facts, recordedGaps: [{ from: 0, to: 2 }] });

    const reason = 'expired before it was read';
    expect(gaps).toEqual([
      { from: 0, to: 2, reason },
      { from: 2, to: 4, reason },
    ]);
  });

  it('is done within seconds where an erasure took every second of many offsets', async () => {
    const end = 4 * BUCKET_OFFSETS;
    const everySecond = (from: number, to: number) => Array.from({ length: (to - from) / 2 }, (_, n) => from + 2 * n);
    const facts = {
      ...{ partition: 0, from: 0, to: end, logStart: end, tidemark: end, committed: end },
      ...{ heldBySummary: end / 2, repeatedBySummary: 0, recordedGaps: [] },
      erased: everySecond(1, end + 1).map((from) => ({ from, to: from + 1, isFinished: true })),
    };
    const buckets = [0, 1, 2, 3].map((bucket) => ({ ...openBucket, bucket }));

    const ledger = await accountPartition(facts, buckets, {
      readPresence: async ({ from, to }) =>
        everySecond(from, to).map((offset) => ({ from: offset, to: offset + 1, presence: inLake })),
      findUncounted: async () => [],
      findRecords: async () => ({ records: [], withoutRecord: [], expired: [] }),
    });

    expect(ledger.accounts).toMatchObject({ lake: end / 2, erased: end / 2, gap: 0 });
    expect(isClean(ledger)).toBe(true);
  }, 20_000);
});

function expectedGaps(offsets: readonly Offset[], tidemark: number, committed: number): number[] {
  return offsets.flatMap(({ isRecord, presence }, offset) => {
    const { lake, refused, received, hot, hotRefused } = presence;
    const isInLake = lake + refused + received > 0;
    const isInSpeed = hot + hotRefused > 0;
    if (offset < tidemark) return !isInLake && (isInSpeed || isRecord) ? [offset] : [];
    return lake === 0 && !isInSpeed && isRecord && offset < Math.max(tidemark, committed) ? [offset] : [];
  });
}

function listOffsets(findings: PartitionLedger['gaps']): number[] {
  return findings.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
}
