import { describe, expect, it } from '@jest/globals';
import type { BackfillOptions } from '../../../localstack/backfill/options.ts';
import { runBackfill } from '../../../localstack/backfill/run-backfill.ts';

const OPTIONS: BackfillOptions = {
  stream: 'retail_events',
  sources: ['s3://b/may/'],
  format: undefined,
  mapping: {},
  loadId: undefined,
  isDryRun: false,
};

const report = (name: string, status: string, percent: number) => ({
  source: `s3://b/may/${name}`,
  load_id: `retail_events-${name}`,
  status,
  records: 10,
  percent,
  records_now: 10,
  dead_letters_now: {},
  duration_ms: 1000,
});

/** Runs the command against a function that gives these answers, one after the other. */
async function run(options: BackfillOptions, answers: readonly object[]): Promise<string[]> {
  const lines: string[] = [];
  const left = [...answers];
  const invoke = async () => ({ hasFailed: false, payload: left.shift() });
  await runBackfill(options, { invoke, print: (line) => lines.push(line) });
  expect(left).toEqual([]);
  return lines;
}

describe('npm run backfill', () => {
  it('tells of each file once that it is loaded, however many slices the others take', async () => {
    const lines = await run(OPTIONS, [
      {
        is_complete: false,
        files: [report('0', 'already_done', 100), report('1', 'done', 100), report('2', 'paused', 40)],
      },
      {
        is_complete: false,
        files: [report('0', 'already_done', 100), report('1', 'already_done', 100), report('2', 'paused', 80)],
      },
      {
        is_complete: true,
        files: [report('0', 'already_done', 100), report('1', 'already_done', 100), report('2', 'done', 100)],
      },
    ]);
    expect(
      lines.map((line) => line.replace(/^s3:..b.may.(\d): (loaded before|loaded 10 records, [\d.]+%).*/, '$1 $2')),
    ).toEqual([
      '0 loaded before',
      '1 loaded 10 records, 100%',
      '2 loaded 10 records, 40%',
      '2 loaded 10 records, 80%',
      '2 loaded 10 records, 100%',
    ]);
  });

  it('says what a dry run had no time for', async () => {
    const lines = await run({ ...OPTIONS, isDryRun: true }, [
      { is_complete: false, files: [report('0', 'dry_run', 40)] },
    ]);
    expect(lines.at(-1)).toContain('was not judged');
  });
});
