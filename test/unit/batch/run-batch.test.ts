import { describe, expect, it } from '@jest/globals';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations } from '@tidemark/domains/index';
import type { RunReport } from '@tidemark/platform/batch-runs';
import type { Log } from '@tidemark/platform/log';
import { type RunBatchInput, runBatch } from '../../../functions/batch/run-batch/run-batch.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 12);
const MINUTE_MS = 60_000;
const [first] = declarations as [StreamDeclaration];
const streams = ['a', 'b'].map((name) => ({ ...first, stream: { ...first.stream, name } }));
const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

const compacted: RunReport = {
  status: 'done',
  ranges: new Map([[0, { from: 5, to: 9 }]]),
  snapshot: 3,
  rows: 4,
  rejected: 1,
};
const skipped: RunReport = { status: 'skipped', ranges: new Map(), snapshot: 3, rows: 0, rejected: 0 };

interface Scenario {
  readonly input?: Partial<RunBatchInput>;
  /** By `stream step`; a string is the error that the step throws. */
  readonly outcomes?: Record<string, RunReport | string>;
  readonly history?: readonly { stream: string; step: string; status: string; minutesAgo: number }[];
  readonly leases?: readonly object[];
}

/** Runs two streams of three steps; what was run, and the rows of the run log. */
async function runScenario({ input = {}, outcomes = {}, history = [], leases = [] }: Scenario) {
  const turns: string[] = [];
  const steps = ['compact', 'refresh-gold', 'check-quality'].map((name) => ({
    name,
    periodMs: name === 'check-quality' ? 5 * MINUTE_MS : 0,
    run: async (declaration: StreamDeclaration) => {
      const turn = `${declaration.stream.name} ${name}`;
      turns.push(turn);
      const outcome = outcomes[turn] ?? skipped;
      if (typeof outcome === 'string') throw new Error(outcome);
      return outcome;
    },
  }));
  const clickhouse = createRecordingClickHouse({
    batch_leases: leases,
    batch_runs: history.map(({ minutesAgo, ...run }) => {
      return { ...run, started_ms: NOON_MS - minutesAgo * MINUTE_MS, duration_ms: 100, error: '' };
    }),
  });
  let ids = 0;
  const whole = { declarations: streams, steps, stream: undefined, isScheduled: true, deadlineMs: NOON_MS, ...input };
  const deps = { clickhouse, clock: () => NOON_MS, newId: () => `id${++ids}`, log: silentLog };
  const result = await runBatch(whole, deps).catch((error: Error) => error);
  const rows = clickhouse.inserts
    .filter(({ table }) => table === 'tidemark.batch_runs')
    .map(({ columns, rows: [row] }) => Object.fromEntries(columns.map((column, index) => [column, row?.[index]])));
  return { turns, rows, result, inserts: clickhouse.inserts };
}

describe('a scheduled run', () => {
  it('has the steps of one stream in order before those of the next', async () => {
    const { turns } = await runScenario({});
    expect(turns).toEqual(['a', 'b'].flatMap((s) => [`${s} compact`, `${s} refresh-gold`, `${s} check-quality`]));
  });

  it('logs each step and then the whole, under one batch id for each stream', async () => {
    const { rows } = await runScenario({ outcomes: { 'a compact': compacted } });
    expect(rows.map(({ stream, step, status }) => `${stream} ${step} ${status}`)).toEqual([
      'a compact done',
      'a refresh-gold skipped',
      'a check-quality skipped',
      'a done done',
      'b compact skipped',
      'b refresh-gold skipped',
      'b check-quality skipped',
      'b done skipped',
    ]);
    const batchIds = rows.map(({ batch_id }) => batch_id);
    expect(new Set(batchIds.slice(0, 4)).size).toBe(1);
    expect(new Set(batchIds.slice(4)).size).toBe(1);
    expect(batchIds[0]).not.toBe(batchIds[4]);
    expect(rows[3]).toMatchObject({ snapshot: 3, rows: 4, rejected: 1, range_from: { 0: 5 }, range_to: { 0: 9 } });
  });

  it('goes on after a failure: with the later steps, and with the other stream', async () => {
    const { turns, rows, result } = await runScenario({ outcomes: { 'a compact': 'no bucket' } });
    expect(turns).toHaveLength(6);
    expect(result).toMatchObject({ message: 'compact: no bucket' });
    expect(rows.map(({ status }) => status)).toEqual([
      ...['failed', 'skipped', 'skipped', 'failed'],
      ...['skipped', 'skipped', 'skipped', 'skipped'],
    ]);
    expect(rows[3]).toMatchObject({ stream: 'a', step: 'done', error: 'compact: no bucket' });
  });

  it('leaves a step that failed alone for five minutes, and says when it is tried again', async () => {
    const history = [{ stream: 'a', step: 'compact', status: 'failed', minutesAgo: 2 }];
    const { turns, rows } = await runScenario({ history });
    expect(turns).not.toContain('a compact');
    expect(turns).toContain('b compact');
    expect(rows.find(({ stream, step }) => stream === 'a' && step === 'done')).toMatchObject({
      warning: 'compact is tried again at 12:03 UTC',
    });
  });

  it('checks quality no more than every five minutes', async () => {
    const history = [
      { stream: 'a', step: 'check-quality', status: 'done', minutesAgo: 2 },
      { stream: 'b', step: 'check-quality', status: 'done', minutesAgo: 5 },
    ];
    const { turns } = await runScenario({ history });
    expect(turns.filter((turn) => turn.endsWith('check-quality'))).toEqual(['b check-quality']);
  });

  it('begins with the stream whose last run ended longest ago', async () => {
    const history = [
      { stream: 'a', step: 'done', status: 'done', minutesAgo: 1 },
      { stream: 'b', step: 'done', status: 'failed', minutesAgo: 2 },
    ];
    expect((await runScenario({ history })).turns[0]).toBe('b compact');
  });

  it('does not start while another one goes on', async () => {
    const { turns, rows, result } = await runScenario({ leases: [{ holder: 'another' }] });
    expect({ turns, rows, result }).toEqual({ turns: [], rows: [], result: {} });
  });

  it.each([
    ['succeeds', {}],
    ['fails', { 'a compact': 'no bucket' }],
  ])('that %s takes the lease first and releases it last', async (_, outcomes) => {
    const { inserts } = await runScenario({ outcomes });
    const leases = [inserts[0], inserts.at(-1)];
    expect(leases).toMatchObject([
      { table: 'tidemark.batch_leases', rows: [['run-batch', expect.any(String), false]] },
      { table: 'tidemark.batch_leases', rows: [['run-batch', expect.any(String), true]] },
    ]);
    expect(leases[0]?.rows[0]?.[1]).toBe(leases[1]?.rows[0]?.[1]);
  });
});

describe('a run by hand', () => {
  it('runs every step, due or not, also while a scheduled one goes on', async () => {
    const history = [
      { stream: 'a', step: 'compact', status: 'failed', minutesAgo: 1 },
      { stream: 'a', step: 'check-quality', status: 'done', minutesAgo: 1 },
    ];
    const { turns } = await runScenario({
      history,
      leases: [{ holder: 'x' }],
      input: { isScheduled: false, stream: 'a' },
    });
    expect(turns).toEqual(['a compact', 'a refresh-gold', 'a check-quality']);
  });
});
