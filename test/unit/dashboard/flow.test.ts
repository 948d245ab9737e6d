import { describe, expect, it } from '@jest/globals';
import type { RunStatus } from '../../../functions/serving/dashboard/model/contract.ts';
import { describeFlow } from '../../../functions/serving/dashboard/model/flow.ts';
import { makeRun, makeStatus, makeStreamStatus } from '../../support/dashboard-status.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const one = makeStatus([makeStreamStatus()]);
const two = makeStatus([
  makeStreamStatus({ historical_through: '2026-11-21T07:59:30Z' }),
  makeStreamStatus({ stream: 'clicks' }),
]);

const compactBox = (...last_runs: RunStatus[]) =>
  describeFlow(makeStatus([makeStreamStatus({ last_runs })]), undefined, 1, NOW).nodes.compact;

describe('the picture', () => {
  it('marks the part that is down', () => {
    const health = {
      status: 'degraded' as const,
      parts: [{ name: 'lake' as const, status: 'down' as const, elapsed_ms: 2000 }],
    };

    const { nodes } = describeFlow(one, health, 0, NOW);

    expect([nodes.kafka.state, nodes.hot.state, nodes.lake.state]).toEqual(['ok', 'ok', 'down']);
  });

  it('moves only while events arrive', () => {
    expect([null, 0, 2].map((rate) => describeFlow(one, undefined, rate, NOW).isFlowing)).toEqual([false, false, true]);
  });

  it('shows the last run that did something', () => {
    const skipped = makeRun('skipped', '2026-11-21T07:59:00Z');
    const done = makeRun('done', '2026-11-21T07:58:00Z');

    expect(compactBox(skipped, done)).toMatchObject({ figure: '121', unit: 'rows in 820 ms', note: '2 min ago' });
    expect(compactBox(skipped)).toMatchObject({ figure: 'idle', state: 'ok' });
  });

  it('shows a failed run until a later one succeeded', () => {
    const failed = makeRun('failed', '2026-11-21T07:58:00Z');

    expect(compactBox(failed, makeRun('done', '2026-11-21T07:57:00Z')).state).toBe('down');
    expect(compactBox(failed, makeRun('done', '2026-11-21T07:59:00Z')).state).toBe('ok');
  });

  it('shows a failure of one stream although another succeeded later', () => {
    const failing = makeStreamStatus({ last_runs: [makeRun('failed', '2026-11-21T07:57:00Z')] });
    const fine = makeStreamStatus({ stream: 'clicks', last_runs: [makeRun('done', '2026-11-21T07:59:00Z')] });

    const { compact } = describeFlow(makeStatus([failing, fine]), undefined, 1, NOW).nodes;

    expect(compact).toMatchObject({ figure: 'failed', note: 'deliveries', state: 'down' });
  });

  it('names one stream and its snapshot, and counts several, which are all in the lake up to the oldest time', () => {
    const notesOf = (status: typeof one) => {
      const { producers, lake } = describeFlow(status, undefined, 1, NOW).nodes;
      return [producers.note, lake.note];
    };

    expect(notesOf(one)).toEqual(['deliveries', 'snapshot 7']);
    expect(notesOf(two)).toEqual(['2 streams', 'to 07:59:00 UTC']);
  });

  it('keeps counting what is stored while Kafka is silent', () => {
    const silent = makeStatus([makeStreamStatus({ lag_records: null, partitions: [] })]);

    expect(describeFlow(silent, undefined, null, NOW).nodes).toMatchObject({
      kafka: { figure: '–', note: 'does not answer' },
      serving: { figure: '197' },
    });
  });
});
