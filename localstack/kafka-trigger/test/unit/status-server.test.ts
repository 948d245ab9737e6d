import { describe, expect, it } from '@jest/globals';
import { PartitionLane } from '../../src/core/partition-lane.ts';
import { createCounters, readStats } from '../../src/stats.ts';
import { serveStatus } from '../../src/status/status-server.ts';
import { createMapping, createRecordingLog } from '../support/fakes.ts';

describe('the status endpoint', () => {
  it('tells state and counters of each mapping, and the lag of each partition', async () => {
    const lane = new PartitionLane('t', 0);
    lane.endOffset = 100;
    lane.committed = 40;
    const counters = { ...createCounters(), delivered: 40, batches: 4, failures: 1, lastError: 'database away' };
    const { url, close } = await serveStatus(
      0,
      () => [readStats(createMapping(), true, counters, [lane])],
      () => {},
    );
    const response = await fetch(`${url}/`);
    const status = await response.json();
    close();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(status).toEqual({
      time: expect.any(String),
      startedAt: expect.any(String),
      mappings: [
        {
          mapping: 'Orders',
          function: 'ingest',
          topics: ['t'],
          consumerGroupId: 'group',
          isConnected: true,
          ...counters,
          partitions: [{ topic: 't', partition: 0, committedOffset: 40, lag: 60 }],
        },
      ],
    });
  });

  it('whose port is taken is done without, and says so', async () => {
    const first = await serveStatus(
      0,
      () => [],
      () => {},
    );
    const { log, lines } = createRecordingLog();
    const second = await serveStatus(Number(new URL(first.url ?? '').port), () => [], log);
    first.close();
    second.close();
    expect(second.url).toBeUndefined();
    expect(lines[0]).toMatchObject({ level: 'warn', message: 'no status endpoint' });
  });
});
