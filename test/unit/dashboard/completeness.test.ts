import { describe, expect, it } from '@jest/globals';
import { describeCompleteness } from '../../../functions/serving/dashboard/model/completeness.ts';
import type { Meta } from '../../../functions/serving/dashboard/model/contract.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const complete: Meta = {
  historical_through: '2026-11-21T07:59:00Z',
  realtime_through: '2026-11-21T07:59:58Z',
  snapshot: 7,
  tidemark: {},
  lag_records: 0,
  open_gaps: 0,
  rejected: 0,
  quality: 'ok',
  elapsed_ms: 4,
  rows_read: 9,
};
const describeWith = (change: Partial<Meta>) => describeCompleteness({ ...complete, ...change }, NOW);

describe('the completeness of an answer', () => {
  it('is complete up to the newest record', () => {
    expect(describeWith({})).toMatchObject({ verdict: 'complete', advice: expect.stringContaining('07:59:58 UTC') });
  });

  it.each([
    [1, '1 record on its way'],
    [240, '240 records on their way'],
  ])('is complete but for what has just come: %s', (lag_records, onTheWay) => {
    expect(describeWith({ lag_records })).toEqual({
      verdict: 'complete',
      headline: `Complete but for ${onTheWay}`,
      advice: 'Up to 07:59:58 UTC (2 s ago) every record is counted once.',
    });
  });

  it.each([
    ['some seconds ago', '2026-11-21T07:59:49Z'],
    ['a time that nobody knows', null],
  ])('catches up while records wait that may have come since %s', (_, realtime_through) => {
    expect(describeWith({ lag_records: 1200, realtime_through, historical_through: null })).toMatchObject({
      verdict: 'catching-up',
      headline: expect.stringContaining('1,200 records'),
    });
  });

  it('is incomplete when records were lost, whatever the lag', () => {
    expect(describeWith({ open_gaps: 1, lag_records: 5 })).toMatchObject({
      verdict: 'incomplete',
      headline: expect.stringContaining('1 record lost'),
      advice: expect.stringContaining('npm run reconcile'),
    });
  });

  it('does not claim to be complete while Kafka is silent', () => {
    expect(describeWith({ lag_records: null }).verdict).toBe('unknown');
  });

  it('says that nothing was received', () => {
    expect(describeWith({ historical_through: null, realtime_through: null }).verdict).toBe('empty');
  });
});
