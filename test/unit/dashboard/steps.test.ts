import { describe, expect, it } from '@jest/globals';
import { describeRetry, listFailedSteps, listSteps } from '../../../functions/serving/dashboard/model/steps.ts';
import { makeRun, makeStreamStatus } from '../../support/dashboard-status.ts';

const early = '2026-11-21T07:57:00Z';
const middle = '2026-11-21T07:58:00Z';
const late = '2026-11-21T07:59:00Z';
const stepsOf = (...runs: ReturnType<typeof makeRun>[]) =>
  listSteps([makeStreamStatus({ last_runs: runs })]).map(({ run }) => `${run.step} ${run.status}`);

describe('where a step stands', () => {
  it('is its last run', () => {
    expect(stepsOf(makeRun('done', early), makeRun('failed', middle))).toEqual(['compact failed']);
    expect(stepsOf(makeRun('failed', early), makeRun('done', middle))).toEqual(['compact done']);
  });

  it('is the last run that did something, where the last had nothing to do', () => {
    expect(stepsOf(makeRun('skipped', late), makeRun('done', middle))).toEqual(['compact done']);
    expect(stepsOf(makeRun('skipped', late), makeRun('failed', middle))).toEqual(['compact skipped']);
  });

  it('is told apart by step and by stream', () => {
    const streams = [
      makeStreamStatus({
        stream: 'clicks',
        last_runs: [makeRun('failed', early), makeRun('done', late, 'refresh-gold')],
      }),
      makeStreamStatus({ stream: 'deliveries', last_runs: [makeRun('done', middle)] }),
    ];

    expect(listSteps(streams).map(({ stream, run }) => [stream, run.step, run.status])).toEqual([
      ['clicks', 'refresh-gold', 'done'],
      ['deliveries', 'compact', 'done'],
      ['clicks', 'compact', 'failed'],
    ]);
    expect(listFailedSteps(streams).map(({ stream }) => stream)).toEqual(['clicks']);
  });
});

describe('what becomes of a failed step', () => {
  const NOW = Date.parse('2026-11-21T08:00:00Z');
  const retry = (failures: number, retry_at: string) => ({
    step: 'compact',
    severity: 'warning' as const,
    failures,
    failed_since: early,
    retry_at,
    error: 'S3 does not answer',
  });

  it('is when the schedule tries again', () => {
    expect(describeRetry(retry(1, '2026-11-21T08:03:00Z'), NOW)).toBe(
      'Failed once since 07:57:00 UTC; tried again at 08:03:00 UTC.',
    );
  });

  it('is the next schedule when that time has passed', () => {
    expect(describeRetry(retry(3, late), NOW)).toBe(
      'Failed 3 times in a row since 07:57:00 UTC; tried again with the next schedule.',
    );
  });
});
