import { describe, expect, it } from '@jest/globals';
import type { ReconciliationStatus } from '../../../functions/serving/dashboard/model/contract.ts';
import { describeReconcile, describeScope } from '../../../functions/serving/dashboard/model/reconcile.ts';

const clean: ReconciliationStatus = {
  snapshot: 12,
  checked_at: '2026-11-21T07:55:00Z',
  is_clean: true,
  accounted_offsets: 66_123,
  gap_offsets: 0,
  double_offsets: 0,
  mismatch_offsets: 0,
  missing_files: 0,
};

describe('the last reconciliation', () => {
  it('is good only when it ran and found nothing', () => {
    expect(describeReconcile(clean)).toMatchObject({ tone: 'good', findings: [] });
    expect(describeReconcile(null).tone).toBe('idle');
  });

  it('names each kind of finding that there is', () => {
    const found = { ...clean, is_clean: false, gap_offsets: 1, double_offsets: 1200, missing_files: 2 };

    expect(describeReconcile(found)).toEqual({
      tone: 'bad',
      text: 'not every offset accounted for',
      findings: [
        '1 offset is in no table and ought to be',
        '1,200 offsets count more than once',
        '2 files of the lake missing',
      ],
    });
  });

  it('says how much it covered', () => {
    expect(describeScope(clean)).toBe('66,123 offsets to the end of the log, snapshot 12');
  });
});
