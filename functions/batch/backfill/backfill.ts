import type { Stream } from '@tidemark/domains/stream';
import { type RunDependencies, recordRun } from '@tidemark/platform/batch-runs';
import type { SourceFile } from '@tidemark/platform/source-files';
import type { Format } from './file-format.ts';
import { type LoadDependencies, type LoadReport, loadFile } from './load-file.ts';
import type { Mapping } from './write-value.ts';

export interface BackfillInput {
  /** `s3://bucket/key`, `s3://bucket/prefix/`, or a path on the laptop. */
  readonly source: string;
  readonly format?: Format | undefined;
  readonly mapping: Mapping;
  /** Of the load, or how the ids below a prefix begin. The rest follows from the file's name: a file is loaded once. */
  readonly loadId?: string | undefined;
  readonly isDryRun: boolean;
  readonly deadlineMs: number;
}

export interface BackfillDependencies extends LoadDependencies, Pick<RunDependencies, 'newId'> {
  readonly findFiles: (source: string) => Promise<readonly SourceFile[]>;
  /** Hexadecimal digits of a text. */
  readonly hash: (text: string) => string;
}

export interface BackfillReport {
  readonly stream: string;
  /** False: invoke it again, and it goes on. */
  readonly is_complete: boolean;
  readonly files: readonly LoadReport[];
}

/**
 * Loads one file after the other until the time is up. Each file is a load of its own, so that one which is added below
 * a prefix is loaded by itself later.
 *
 * @throws what loading a file throws; files before it stay loaded
 */
export async function backfill(
  stream: Stream,
  input: BackfillInput,
  deps: BackfillDependencies,
): Promise<BackfillReport> {
  const { source, loadId, deadlineMs, ...rest } = input;
  const files = await deps.findFiles(source);
  const reports: LoadReport[] = [];
  for (const file of files) {
    if (deps.clock() >= deadlineMs) break;
    // Below a prefix also the only file has an id of its own: with a second one beside it, it must be the same load.
    const isNamed = loadId !== undefined && file.name === source;
    const id = isNamed ? loadId : `${loadId ?? stream.name}-${deps.hash(file.name).slice(0, 16)}`;
    const load = () => loadFile(stream, file, { ...rest, loadId: id, deadlineMs }, deps);
    reports.push(input.isDryRun ? await load() : await loadRecorded(stream.name, load, deps));
    if (reports.at(-1)?.percent !== 100) break;
  }
  const isComplete = reports.length === files.length && reports.every(({ percent }) => percent === 100);
  return { stream: stream.name, is_complete: isComplete, files: reports };
}

async function loadRecorded(stream: string, load: () => Promise<LoadReport>, deps: BackfillDependencies) {
  let report: LoadReport | undefined;
  await recordRun(
    'backfill',
    stream,
    async () => {
      report = await load();
      const rejected = Object.values(report.dead_letters_now).reduce((sum, count) => sum + count, 0);
      const status = report.status === 'already_done' ? 'skipped' : 'done';
      const rows = report.records_now - rejected - report.erased_now;
      return { status, ranges: new Map(), snapshot: 0, rows, rejected };
    },
    { ...deps, clickhouse: deps.writer },
  );
  if (report === undefined) throw new Error('a run that succeeded has a report');
  return report;
}
