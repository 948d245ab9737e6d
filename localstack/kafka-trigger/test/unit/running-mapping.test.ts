import { afterAll, describe, expect, it } from '@jest/globals';
import { type RunningMapping, startMapping } from '../../src/running-mapping.ts';
import { startTrigger } from '../../src/trigger.ts';
import { createDeferred, createInvoker, createMapping, createRecordingLog } from '../support/fakes.ts';

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

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
describe('a mapping runs as many invocations at once', () => {
  const started: RunningMapping[] = [];
  afterAll(() => Promise.all(started.map((mapping) => mapping.stop())));

  function start(pollers: number, maxConcurrency?: number) {
    const { log, lines } = createRecordingLog();
    started.push(startMapping(createMapping({ pollers }), { ...DEPS, log, maxConcurrency }));
    const [description] = lines.filter(({ message }) => message === 'mapping');
    return {
      concurrency: description?.fields.max_concurrency,
      description: description?.fields,
      warnings: lines.filter(({ message }) => message === 'maxConcurrency is less than MaximumPollers'),
    };
  }

  it('as it may have pollers, and 4 where it does not say it', () => {
    expect(start(20)).toMatchObject({ concurrency: 20, warnings: [] });
    expect(start(Number.POSITIVE_INFINITY)).toMatchObject({ concurrency: 4, warnings: [] });
  });

  it('as the settings say, and warns where that is less', () => {
    expect(start(Number.POSITIVE_INFINITY, 2)).toMatchObject({ concurrency: 2, warnings: [] });
    expect(start(20, 2)).toMatchObject({
      concurrency: 2,
      warnings: [{ level: 'warn', fields: { pollers: 20 } }],
    });
  });

  it('and says at its start what it does about failures', () => {
    expect(start(20).description).toMatchObject({
      pollers: 20,
      filters: 0,
      max_retries: Number.POSITIVE_INFINITY,
      max_record_age_ms: Number.POSITIVE_INFINITY,
      bisects: false,
      reports_item_failures: false,
    });
  });
});
