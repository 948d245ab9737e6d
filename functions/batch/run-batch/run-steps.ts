import type { StreamDeclaration } from '@tidemark/domains/domain';
import { type RunDependencies, type RunReport, recordRun } from '@tidemark/platform/batch-runs';
import { WHOLE_RUN } from '@tidemark/platform/run-history';
import { describeRetry, isDue, type PastRun } from '@tidemark/platform/step-retry';

/** One step of the batch layer, as the run log names it. */
export interface BatchStep {
  readonly name: string;
  /** From start to start on schedule; 0 for every time. */
  readonly periodMs: number;
  run(declaration: StreamDeclaration, deadlineMs: number): Promise<RunReport>;
}

export interface RunStepsInput {
  readonly deadlineMs: number;
  /** By step, newest first: steps that are not due are left out. Undefined runs all of them. */
  readonly history: ReadonlyMap<string, readonly PastRun[]> | undefined;
}

/**
 * Runs the steps over a stream, one after the other, and records each and the whole under one batch id. A step finds its
 * own work from state, so one that failed does not keep the next from doing what it can.
 *
 * @returns what the steps did together: the offsets and counts of the first that moved any
 * @throws AggregateError of what failed, after every step had its turn
 */
export async function runSteps(
  declaration: StreamDeclaration,
  steps: readonly BatchStep[],
  { deadlineMs, history }: RunStepsInput,
  deps: RunDependencies,
): Promise<RunReport> {
  const { name } = declaration.stream;
  const batchDeps = { ...deps, batchId: deps.newId() };

  const runAll = async (): Promise<RunReport> => {
    const reports: RunReport[] = [];
    const failures: Error[] = [];
    const warnings: string[] = [];
    for (const step of steps) {
      const lastRuns = history?.get(step.name) ?? [];
      if (history !== undefined && !isDue(lastRuns, deps.clock(), step.periodMs)) {
        const retry = describeRetry(lastRuns);
        if (retry !== undefined) warnings.push(`${step.name} is tried again at ${formatTime(retry.retryAtMs)}`);
        continue;
      }
      try {
        const report = await recordRun(step.name, name, () => step.run(declaration, deadlineMs), batchDeps);
        reports.push(report);
        if (report.warning !== undefined) warnings.push(`${step.name}: ${report.warning}`);
      } catch (error) {
        failures.push(new Error(`${step.name}: ${error instanceof Error ? error.message : error}`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
    return summarize(reports, warnings);
  };
  return recordRun(WHOLE_RUN, name, runAll, batchDeps);
}

function summarize(reports: readonly RunReport[], warnings: readonly string[]): RunReport {
  const done = reports.filter(({ status }) => status === 'done');
  const first = done.find(({ ranges }) => ranges.size > 0);
  return {
    status: done.length > 0 ? 'done' : 'skipped',
    ranges: first?.ranges ?? new Map(),
    snapshot: Math.max(0, ...reports.map(({ snapshot }) => snapshot)),
    rows: first?.rows ?? 0,
    rejected: first?.rejected ?? 0,
    ...(warnings.length > 0 && { warning: warnings.join('; ') }),
  };
}

function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}
