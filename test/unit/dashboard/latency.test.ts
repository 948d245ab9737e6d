import { describe, expect, it } from '@jest/globals';
import { describeLatency } from '../../../functions/serving/dashboard/model/latency.ts';

const LIGHT = { events: 600, p50_ms: 514, p99_ms: 798, max_ms: 1028 };
const LOADED = { events: 150_000, p50_ms: 280, p99_ms: 720, max_ms: 1_400 };

describe('the latency from Kafka to the hot table', () => {
  it('is held against no target under a light load, where events wait for the whole window', () => {
    expect(describeLatency(LIGHT)).toEqual({
      gauges: [
        { label: 'Median', value: '514 ms', share: 0.5, verdict: 'unjudged', note: '' },
        { label: '99th percentile', value: '798 ms', share: 798 / 1028, verdict: 'unjudged', note: '' },
      ],
      note: expect.stringMatching(/^Slowest 1 s, of 600 events .* waits for the whole batch window\.$/),
    });
  });

  it('under load is a part of what event to answer may take, or more than all of it', () => {
    expect(describeLatency(LOADED)?.gauges).toEqual([
      {
        label: 'Median',
        value: '280 ms',
        share: 280 / 600,
        verdict: 'within',
        note: 'of the 300 ms that event to answer may take',
      },
      {
        label: '99th percentile',
        value: '720 ms',
        share: 0.6,
        verdict: 'over',
        note: 'over the 600 ms that event to answer may take',
      },
    ]);
  });

  it('says nothing where nothing arrived', () => {
    expect(describeLatency(undefined)).toBeUndefined();
    expect(describeLatency({ events: 0, p50_ms: 0, p99_ms: 0, max_ms: 0 })).toBeUndefined();
  });
});
