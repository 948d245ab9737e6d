import { describe, expect, it } from '@jest/globals';
import { startMapping } from '../../src/running-mapping.ts';
import { startTrigger } from '../../src/trigger.ts';
import { createDeferred, createInvoker, createMapping } from '../support/fakes.ts';

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

  it('leaves none of its service running', async () => {
    const close = createDeferred();
    const [msk, own] = [
      createMapping(),
      createMapping({ source: { kind: 'self-managed', bootstrapServers: DEPS.brokers } }),
    ];
    const invoker = { ...DEPS.invoker, close: async () => close.resolve() };
    const start = () => startTrigger({ mappings: [own, msk], log: DEPS.log, invoker });
    expect(start).toThrow('no brokers known');
    await close.promise;
  });
});
