import { describe, expect, it } from '@jest/globals';
import { datasets } from '../../../localstack/replay/datasets.ts';
import { describeReplay, readReplayOptions } from '../../../localstack/replay/options.ts';

function read(line: string) {
  return readReplayOptions(line.split(' ').filter(Boolean), datasets);
}

describe('the command line of replay', () => {
  it('takes a data set, a limit and a rate', () => {
    expect(read('online-retail')).toMatchObject({ dataset: { name: 'online-retail' }, limit: undefined });
    expect(read('online-retail --limit 5 --rate 100')).toMatchObject({ limit: 5, ratePerSecond: 100 });
  });

  it.each([
    ['', /Which data set\? One of online-retail/],
    ['nothing', /Unknown data set "nothing": one of online-retail/],
    ['online-retail again', /"again" is one too many/],
    ['online-retail --count 3', /'--count': the options are --limit --rate --help/],
    ['online-retail --limit 0', /--limit 0: must be/],
  ])('refuses "%s" in one sentence', (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  it('explains every option and names every data set', () => {
    expect(read('-h')).toBe('help');
    expect(describeReplay(datasets)).toMatch(/online-retail[\s\S]*--limit[\s\S]*--rate[\s\S]*--help/);
  });
});
