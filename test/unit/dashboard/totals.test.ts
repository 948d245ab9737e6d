import { describe, expect, it } from '@jest/globals';
import { measureRates, sumStreams } from '../../../functions/serving/dashboard/model/totals.ts';
import { makePartition, makeStatus, makeStreamStatus } from '../../support/dashboard-status.ts';

const LATER = '2026-11-21T08:00:05Z';

describe('the sums of streams', () => {
  it('count hot records between tidemark and committed offset, never below zero', () => {
    expect(sumStreams([makeStreamStatus()]).offsets).toEqual({
      inTopics: 215,
      delivered: 200,
      inLake: 200,
      aboveTidemark: 20,
      waiting: 15,
      partitions: 2,
    });
  });

  it('are over all streams', () => {
    const other = makeStreamStatus({
      stream: 'clicks',
      stored: 3,
      rejected: 1,
      open_gaps: 2,
      dead_letters_open: 1,
      partitions: [makePartition(0, 4, 4, 0)],
    });

    expect(sumStreams([makeStreamStatus(), other])).toMatchObject({
      stored: 200,
      rejected: 4,
      openLetters: 1,
      openGaps: 2,
      offsets: { inTopics: 219, aboveTidemark: 24, partitions: 3 },
    });
  });

  it('do not know the offsets while Kafka is silent, but keep what is stored', () => {
    const silent = makeStreamStatus({ lag_records: null, partitions: [] });

    expect(sumStreams([silent])).toEqual({ stored: 197, rejected: 3, openLetters: 0, openGaps: 0, offsets: null });
  });
});

describe('the rates', () => {
  const withEnd = (stream: string, end: number) =>
    makeStreamStatus({ stream, partitions: [makePartition(0, end, end, 0)] });
  const before = makeStatus([withEnd('clicks', 100), withEnd('deliveries', 10)]);

  it('are what arrived between two looks, for each stream and in all', () => {
    const { total, ofStream } = measureRates(
      before,
      makeStatus([withEnd('clicks', 110), withEnd('deliveries', 15)], LATER),
    );

    expect(total).toBe(3);
    expect([...ofStream]).toEqual([
      ['clicks', 2],
      ['deliveries', 1],
    ]);
  });

  it('are not known at the first look', () => {
    expect(measureRates(undefined, before).total).toBeNull();
  });

  it('of a topic that was made anew are not known, nor is the total, although others grew more', () => {
    const after = makeStatus([withEnd('clicks', 500), withEnd('deliveries', 1)], LATER);

    const { total, ofStream } = measureRates(before, after);

    expect(total).toBeNull();
    expect([...ofStream.values()]).toEqual([80, null]);
  });
});
