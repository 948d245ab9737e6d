import { describe, expect, it } from '@jest/globals';
import { describeStream } from '../../../functions/serving/dashboard/model/stream-state.ts';
import { makePartition, makeStreamStatus } from '../../support/dashboard-status.ts';

describe('the state of a stream', () => {
  it.each([
    [{}, 'good', 'up to date'],
    [{ partitions: [makePartition(0, 0, 0, 0)] }, 'idle', 'no events'],
    [{ partitions: [makePartition(0, 20_000, 1, 0)] }, 'warn', 'behind'],
    [{ warnings: ['compact failed', 'gold failed'] }, 'warn', '2 warnings'],
    [{ lag_records: null, partitions: [], warnings: ['Kafka does not answer'] }, 'warn', 'lag unknown'],
    [{ open_gaps: 1200, lag_records: null, warnings: ['lost'] }, 'bad', '1,200 lost'],
  ])('with %j is %s: %s', (change, tone, text) => {
    expect(describeStream(makeStreamStatus(change))).toEqual({ tone, text });
  });
});
