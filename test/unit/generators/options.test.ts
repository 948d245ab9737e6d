import { describe, expect, it } from '@jest/globals';
import { domainGenerators } from '../../../localstack/generators/domain-generators.ts';
import { describeGenerate, readGenerateOptions } from '../../../localstack/generators/options.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 7);

function read(line: string) {
  return readGenerateOptions(line.split(' ').filter(Boolean), domainGenerators, { nowMs: NOW_MS, randomSeed: 99 });
}

describe('the command line of generate', () => {
  it('is two live events a second without end, where nothing is said', () => {
    expect(read('retail_events')).toMatchObject({
      ratePerSecond: 2,
      count: undefined,
      maxDurationMs: undefined,
      seed: 99,
      history: undefined,
    });
  });

  it('takes rate, count, duration in seconds and seed', () => {
    expect(read('retail_events --rate 0.5 --count 10 --duration 30 --seed 0')).toMatchObject({
      ratePerSecond: 0.5,
      count: 10,
      maxDurationMs: 30_000,
      seed: 0,
    });
  });

  it('makes a history up to now, as fast as it goes', () => {
    expect(read('retail_events --months 3')).toMatchObject({
      ratePerSecond: undefined,
      count: 300_000,
      history: { fromMs: Date.UTC(2026, 7, 21, 7), untilMs: NOW_MS },
    });
  });

  it('counts calendar months back from --until, to the last day of a shorter month', () => {
    expect(read('retail_events --months 1 --until 2026-03-31 --count 5')).toMatchObject({
      count: 5,
      history: { fromMs: Date.UTC(2026, 1, 28), untilMs: Date.UTC(2026, 2, 31) },
    });
  });

  it.each([
    ['', /Which domain\? One of retail_events/],
    ['shoes', /Unknown domain "shoes": one of retail_events/],
    ['retail_events more', /"more" is one too many/],
    ['retail_events --speed 3', /'--speed'.*--rate --count --duration --seed --months --until --help/],
    ['retail_events --rate', /--rate.*the options are/],
    ['retail_events --rate fast', /--rate fast: must be a number above 0/],
    ['retail_events --rate 0', /--rate 0: must be/],
    ['retail_events --rate=-5', /--rate -5: must be/],
    ['retail_events --count 1.5', /--count 1.5: must be a whole number from 1/],
    ['retail_events --months 0', /--months 0: must be/],
    ['retail_events --months 999', /--months 999: at most/],
    ['retail_events --seed x', /--seed x: must be/],
    ['retail_events --until 2026-01-01', /--until only has a meaning with --months/],
    ['retail_events --months 1 --until tomorrow', /--until tomorrow: must be/],
    ['retail_events --months 1 --until 2026-02-31T00:00:00Z0', /--until/],
  ])('refuses "%s" in one sentence', (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  it('explains every option and names every domain', () => {
    const help = describeGenerate(domainGenerators);

    expect(read('--help')).toBe('help');
    for (const option of ['rate', 'count', 'duration', 'seed', 'months', 'until', 'help']) {
      expect(help).toContain(`--${option}`);
    }
    for (const { domain } of domainGenerators) expect(help).toContain(domain);
  });
});
