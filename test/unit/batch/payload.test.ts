import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { InvalidPayload, offsetsField, readPayload, streamField } from '../../../functions/batch/payload.ts';
import { runForStreams } from '../../../functions/batch/run-for-streams.ts';
import { declaration } from '../../support/compaction.ts';

const schema = z.strictObject({ stream: streamField, toOffsets: offsetsField });

describe("a batch function's payload", () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['what EventBridge sends on schedule', { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }],
  ])('asks for all that is due when it is %s', (_what, payload) => {
    expect(readPayload(schema, payload)).toEqual({});
  });

  it('names a stream and the ends of its partitions', () => {
    const payload = { stream: 'retail_events', toOffsets: { '0': 1200, '11': 0 } };

    expect(readPayload(schema, payload)).toEqual({
      stream: 'retail_events',
      toOffsets: new Map([
        [0, 1200],
        [11, 0],
      ]),
    });
  });

  it.each([
    ['an unknown stream', { stream: 'wholesale_events' }, 'stream: '],
    ['an unknown field', { streams: 'retail_events' }, 'streams'],
    ['a partition that is no number', { toOffsets: { first: 1 } }, 'toOffsets.first: '],
    ['a negative offset', { toOffsets: { '0': -1 } }, 'toOffsets.0: '],
    ['a fraction of an offset', { toOffsets: { '0': 1.5 } }, 'toOffsets.0: '],
    ['an offset as text', { toOffsets: { '0': '12' } }, 'toOffsets.0: '],
    ['no object', 'retail_events', 'payload: '],
    ['a list', [], 'payload: '],
  ])('is refused, by name, when it holds %s', (_what, payload, named) => {
    const read = () => readPayload(schema, payload);

    expect(read).toThrow(InvalidPayload);
    expect(read).toThrow(named);
  });
});

describe('a step over all streams', () => {
  const report = {
    status: 'done',
    ranges: new Map([[0, { from: 1, to: 2 }]]),
    snapshot: 3,
    rows: 1,
    rejected: 0,
  } as const;
  const named = (name: string) => ({ ...declaration, stream: { ...declaration.stream, name } });

  it('answers with ranges that JSON can carry', async () => {
    const reports = await runForStreams([named('a')], undefined, async () => report);

    expect(JSON.parse(JSON.stringify(reports))).toEqual({ a: { ...report, ranges: { '0': { from: 1, to: 2 } } } });
  });

  it('goes on after a stream that fails, and fails in the end', async () => {
    const done: string[] = [];
    const run = runForStreams([named('a'), named('b'), named('c')], undefined, async ({ stream }) => {
      if (stream.name === 'b') throw new Error('b is broken');
      done.push(stream.name);
      return report;
    });

    await expect(run).rejects.toThrow('b is broken');
    expect(done).toEqual(['a', 'c']);
  });

  it('runs only the stream that is named', async () => {
    expect(Object.keys(await runForStreams([named('a'), named('b')], 'b', async () => report))).toEqual(['b']);
  });
});
