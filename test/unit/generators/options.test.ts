import { describe, expect, it } from '@jest/globals';
import { describeGenerate } from '../../../localstack/generators/describe-generate.ts';
import { domainGenerators } from '../../../localstack/generators/domain-generators.ts';
import { type GenerateOptions, readGenerateOptions } from '../../../localstack/generators/options.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 7);

function read(line: string, env: Record<string, string> = {}) {
  const args = line.split(' ').filter(Boolean);
  return readGenerateOptions(args, domainGenerators, { env, nowMs: NOW_MS, randomSeed: 99 });
}

/** Domain, rate and users of each source. */
function readSources(line: string, env?: Record<string, string>) {
  const { sources } = read(line, env) as GenerateOptions;
  return sources.map(({ generator, ratePerSecond, users }) => [generator.domain, ratePerSecond, users]);
}

describe('the command line of generate', () => {
  it('is live events without end at the pace of their domain, where nothing is said', () => {
    expect(read('retail_events')).toMatchObject({
      count: undefined,
      maxDurationMs: undefined,
      seed: 99,
      history: undefined,
      disturbance: undefined,
    });
    expect(readSources('retail_events')).toEqual([['retail_events', 2, undefined]]);
    expect(readSources('user_events')).toEqual([['user_events', 5, 100]]);
  });

  it('takes several domains, each at its own pace or all at one', () => {
    expect(readSources('retail_events user_events')).toEqual([
      ['retail_events', 2, undefined],
      ['user_events', 5, 100],
    ]);
    expect(readSources('user_events retail_events user_events --rate 9')).toEqual([
      ['user_events', 9, 100],
      ['retail_events', 9, undefined],
    ]);
  });

  it('takes pace and number of users of user_events from EVENTS_PER_SECOND and NUM_USERS, unless options say others', () => {
    const env = { EVENTS_PER_SECOND: '50', NUM_USERS: '7' };

    expect(readSources('retail_events user_events', env)).toEqual([
      ['retail_events', 2, undefined],
      ['user_events', 50, 7],
    ]);
    expect(readSources('user_events --rate 3 --users 20', env)).toEqual([['user_events', 3, 20]]);
    expect(readSources('user_events', { EVENTS_PER_SECOND: '', NUM_USERS: '' })).toEqual([['user_events', 5, 100]]);
    expect(readSources('user_events --months 1', env)).toEqual([['user_events', undefined, 7]]);
    expect(() => read('user_events', { EVENTS_PER_SECOND: 'x' })).toThrow(
      'EVENTS_PER_SECOND x: must be a number above 0',
    );
    expect(() => read('user_events', { NUM_USERS: '0' })).toThrow('NUM_USERS 0: must be a whole number from 1');
  });

  it('takes percentages of what is not as it should be', () => {
    expect(read('retail_events --late 5 --duplicate 2.5 --poison 1')).toMatchObject({
      disturbance: { latePercent: 5, duplicatePercent: 2.5, poisonPercent: 1 },
    });
    expect(read('retail_events --late 0')).toMatchObject({ disturbance: undefined });
  });

  it('takes rate, count, duration in seconds and seed', () => {
    expect(read('retail_events --rate 0.5 --count 10 --duration 30 --seed 0')).toMatchObject({
      sources: [{ ratePerSecond: 0.5 }],
      count: 10,
      maxDurationMs: 30_000,
      seed: 0,
    });
  });

  it('makes a history up to now, as fast as it goes', () => {
    expect(read('retail_events --months 3')).toMatchObject({
      sources: [{ ratePerSecond: undefined }],
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
    ['retail_events more', /Unknown domain "more"/],
    ['retail_events --speed 3', /'--speed'.*--rate --count --duration --seed --users --months .*--help/],
    ['retail_events --rate', /--rate.*the options are/],
    ['retail_events --rate fast', /--rate fast: must be a number above 0/],
    ['retail_events --rate 0', /--rate 0: must be/],
    ['retail_events --rate=-5', /--rate -5: must be/],
    ['retail_events --count 1.5', /--count 1.5: must be a whole number from 1/],
    ['retail_events --months 0', /--months 0: must be/],
    ['retail_events --months 999', /--months 999: at most/],
    ['retail_events --seed x', /--seed x: must be/],
    ['retail_events --users 10', /--users 10: retail_events has no users/],
    ['user_events --users 0', /--users 0: must be a whole number from 1/],
    ['retail_events user_events --months 1', /--months makes the history of one domain at a time/],
    ['retail_events --late 101', /--late 101: must be a percentage from 0 to 100/],
    ['retail_events --poison x', /--poison x: must be/],
    ['retail_events --late 50 --duplicate 50 --poison 1', /101% together: at most 100/],
    ['retail_events --duplicate 60 --poison 40', /leave no event to repeat/],
    ['retail_events --until 2026-01-01', /--until only has a meaning with --months/],
    ['retail_events --months 1 --until tomorrow', /--until tomorrow: must be/],
    ['retail_events --months 1 --until 2026-02-31T00:00:00Z0', /--until/],
  ])('refuses "%s" in one sentence', (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  it('explains every option and names every domain', () => {
    const help = describeGenerate(domainGenerators);

    expect(read('--help')).toBe('help');
    const options = 'rate count duration seed users months until late duplicate poison help'.split(' ');
    for (const option of options) expect(help).toContain(`--${option} `);
    for (const variable of ['EVENTS_PER_SECOND', 'NUM_USERS']) expect(help).toContain(variable);
    for (const { domain } of domainGenerators) expect(help).toContain(domain);
  });
});
