import { describe, expect, it } from '@jest/globals';
import type { CheckResult } from '../../../functions/serving/dashboard/model/contract.ts';
import { countChecks, describeCheck, describeQuality } from '../../../functions/serving/dashboard/model/quality.ts';
import { makeStreamStatus } from '../../support/dashboard-status.ts';

const makeCheck = (change: Partial<CheckResult>): CheckResult => ({
  check: 'null_pages',
  kind: 'null_rate',
  severity: 'error',
  status: 'passed',
  summary: 'Share of events without a page',
  observed: 0.0012345,
  threshold: 0.01,
  detail: '',
  snapshot: 7,
  checked_at: '2026-11-21T07:55:00Z',
  failed_since: null,
  ...change,
});

describe('a data-quality check', () => {
  it('says what it measured and what is allowed', () => {
    expect(describeCheck(makeCheck({}))).toEqual({ tone: 'good', text: 'passed', figures: '0.001235, limit 0.01' });
    expect(describeCheck(makeCheck({ threshold: null })).figures).toBe('0.001235');
  });

  it('that failed looks as severe as it is declared', () => {
    expect(describeCheck(makeCheck({ status: 'failed' }))).toMatchObject({ tone: 'bad', text: 'failed' });
    expect(describeCheck(makeCheck({ status: 'failed', severity: 'warning' }))).toMatchObject({
      tone: 'warn',
      text: 'warning',
    });
  });

  it('that does not apply claims nothing', () => {
    const check = makeCheck({ status: 'not_applicable', observed: null });

    expect(describeCheck(check)).toEqual({ tone: 'idle', text: 'not applicable', figures: '' });
  });
});

describe('the quality of streams', () => {
  it('counts failed checks by severity, those that do not apply as not failed', () => {
    const checks = [
      makeCheck({ status: 'failed' }),
      makeCheck({ status: 'failed', severity: 'warning' }),
      makeCheck({ status: 'not_applicable' }),
    ];
    const stream = makeStreamStatus({ quality: { status: 'failed', checked_at: null, checks } });

    expect(countChecks([stream, makeStreamStatus()])).toEqual({ all: 3, errors: 1, warnings: 1 });
  });

  it('is not good before a check ran', () => {
    expect(describeQuality({ status: 'unknown', checked_at: null, checks: [] }).tone).toBe('idle');
  });
});
