import { describe, expect, it } from '@jest/globals';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations } from '@tidemark/domains/index';
import type { RunReport } from '@tidemark/platform/batch-runs';
import { runForStreams } from '../../../functions/batch/run-for-streams.ts';

const MINUTE_MS = 60_000;
const [first] = declarations as [StreamDeclaration];
const report: RunReport = { status: 'done', ranges: new Map(), snapshot: 1, rows: 1, rejected: 0 };

const streams = ['a', 'b', 'c'].map((name) => ({ ...first, stream: { ...first.stream, name } }));
const nameOf = ({ stream }: StreamDeclaration) => stream.name;

describe('streams', () => {
  it('have their turns as declared where nobody knows when they ran', async () => {
    const turns: string[] = [];
    await runForStreams(streams, undefined, async (declaration) => {
      turns.push(nameOf(declaration));
      return report;
    });
    expect(turns).toEqual(['a', 'b', 'c']);
  });

  it('that finished least recently come first, before them those that never did', async () => {
    const turns: string[] = [];
    const lastFinishedMs = new Map([
      ['a', 900],
      ['c', 300],
    ]);
    const run = async (declaration: StreamDeclaration) => {
      turns.push(nameOf(declaration));
      return report;
    };
    await runForStreams(streams, undefined, run, { deadlineMs: 1000, clock: () => 0, lastFinishedMs });
    expect(turns).toEqual(['b', 'c', 'a']);
  });

  it('share the time that is left: what one does not need, the next have', async () => {
    const time = { nowMs: 0 };
    const shareEnds: number[] = [];
    const run = async (_: StreamDeclaration, shareEndMs: number) => {
      shareEnds.push(shareEndMs);
      time.nowMs += 10_000;
      return report;
    };
    await runForStreams(streams, undefined, run, { deadlineMs: 3 * MINUTE_MS, clock: () => time.nowMs });
    expect(shareEnds).toEqual([60_000, 10_000 + 85_000, 180_000]);
  });

  it('with a backlog leave the floor after two minutes while others wait', async () => {
    const shareEnds: number[] = [];
    const run = async (_: StreamDeclaration, shareEndMs: number) => {
      shareEnds.push(shareEndMs);
      return report;
    };
    await runForStreams(streams, undefined, run, { deadlineMs: 14 * MINUTE_MS, clock: () => 0 });
    expect(shareEnds).toEqual([2 * MINUTE_MS, 2 * MINUTE_MS, 14 * MINUTE_MS]);
  });

  it('get no time beyond a deadline that has passed', async () => {
    const shareEnds: number[] = [];
    const run = async (_: StreamDeclaration, shareEndMs: number) => {
      shareEnds.push(shareEndMs);
      return report;
    };
    await runForStreams(streams, undefined, run, { deadlineMs: 100, clock: () => 500 });
    expect(shareEnds).toEqual([500, 500, 100]);
  });

  it('do not wait for one that fails; the failure is thrown after the last', async () => {
    const turns: string[] = [];
    const run = async (declaration: StreamDeclaration) => {
      turns.push(nameOf(declaration));
      if (nameOf(declaration) === 'a') throw new Error('a has no topic');
      return report;
    };
    await expect(runForStreams(streams, undefined, run)).rejects.toThrow('a has no topic');
    expect(turns).toEqual(['a', 'b', 'c']);
  });

  it('run alone where one is named', async () => {
    expect(Object.keys(await runForStreams(streams, 'b', async () => report))).toEqual(['b']);
  });
});
