import { describe, expect, it } from '@jest/globals';
import { listFailedSteps, listSteps } from '../../../functions/serving/dashboard/model/steps.ts';
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
