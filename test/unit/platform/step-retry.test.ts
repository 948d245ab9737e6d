import { describe, expect, it } from '@jest/globals';
import { describeRetry, isDue, type PastRun } from '../../../layers/platform/step-retry.ts';

const MINUTE_MS = 60_000;
const NOON_MS = Date.UTC(2026, 10, 21, 12);

/** A run that began so many minutes after noon. */
function run(status: string, minute: number, durationMs = 2000): PastRun {
  const startedAtMs = NOON_MS + minute * MINUTE_MS;
  const error = status === 'failed' ? `no bucket at ${minute}` : '';
  return { status, startedAtMs, endedAtMs: startedAtMs + durationMs, error };
}

const at = (minute: number) => NOON_MS + minute * MINUTE_MS;

describe('a step on schedule', () => {
  it('is due before its first run', () => {
    expect(isDue([], at(0), 5 * MINUTE_MS)).toBe(true);
  });

  it.each(['done', 'skipped'])('without a period is due every minute after a run that is %s', (status) => {
    expect(isDue([run(status, 0)], at(1))).toBe(true);
  });

  it.each([
    [4, false],
    [5, true],
  ])('with a period of five minutes: after %i minutes due is %s', (minute, expected) => {
    expect(isDue([run('done', 0)], at(minute), 5 * MINUTE_MS)).toBe(expected);
  });

  it('is due by its period although the schedule fires a moment early', () => {
    expect(isDue([run('done', 0)], at(5) - 900, 5 * MINUTE_MS)).toBe(true);
  });

  it.each([
    [1, false],
    [2, false],
    [4, false],
    [5, true],
    [6, true],
  ])('that failed waits five minutes: after %i minutes due is %s', (minute, expected) => {
    expect(isDue([run('failed', 0), run('done', -1)], at(minute))).toBe(expected);
  });

  it('that took ten minutes to fail waits five from its end', () => {
    const slow = run('failed', 0, 10 * MINUTE_MS);
    expect([11, 14, 15].map((minute) => isDue([slow], at(minute)))).toEqual([false, false, true]);
  });

  it('goes on being tried every five minutes however often it failed', () => {
    const failures = Array.from({ length: 20 }, (_, index) => run('failed', -5 * index));
    expect([4, 5].map((minute) => isDue(failures, at(minute)))).toEqual([false, true]);
  });

  it('is due at once after a success by hand between the failures', () => {
    expect(isDue([run('done', 1), run('failed', 0)], at(2))).toBe(true);
  });

  it.each(['done', 'failed'])('does not wait for a clock that was set back to pass its last run, %s', (status) => {
    expect(isDue([run(status, 360)], at(0))).toBe(true);
    expect(isDue([run(status, 360)], at(0), 5 * MINUTE_MS)).toBe(true);
  });
});

describe('the retry that the status shows', () => {
  it('is none where the last run did not fail', () => {
    expect(describeRetry([])).toBeUndefined();
    expect(describeRetry([run('skipped', 5), run('failed', 0)])).toBeUndefined();
  });

  it('is a warning after the first failure, with the time of the next attempt', () => {
    expect(describeRetry([run('failed', 10), run('done', 9)])).toEqual({
      failures: 1,
      severity: 'warning',
      failedSinceMs: at(10),
      retryAtMs: at(15) + 2000,
      error: 'no bucket at 10',
    });
  });

  it('is an error after the second in a row, since the first of them', () => {
    const history = [run('failed', 15), run('failed', 10), run('done', 9), run('failed', 0)];
    expect(describeRetry(history)).toMatchObject({ failures: 2, severity: 'error', failedSinceMs: at(10) });
  });
});
