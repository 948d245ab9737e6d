import { describe, expect, it } from '@jest/globals';
import { startMapping } from '../../src/running-mapping.ts';
import { createInvoker, createMapping } from '../support/fakes.ts';

const DEPS = { ...createInvoker(), log: () => {}, brokers: ['127.0.0.1:1'] };

describe('a mapping is not started', () => {
  it('without brokers', () => {
    expect(() => startMapping(createMapping(), { ...DEPS, brokers: [] })).toThrow('no brokers known');
  });

  it.each([0, -1, Number.NaN])(
    'with room for %p invocations, which would poll and deliver nothing',
    (maxConcurrency) => {
      expect(() => startMapping(createMapping(), { ...DEPS, maxConcurrency })).toThrow('not 1 or more');
    },
  );
});
