import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { RunReport } from '@tidemark/platform/batch-runs';

/** What a batch function answers: the report of each stream, offsets by partition. */
export type StreamReports = Record<string, Omit<RunReport, 'ranges'> & { ranges: Record<string, unknown> }>;

/**
 * Runs a step for one stream, or for all one after the other. A stream that fails does not keep the others waiting.
 *
 * @throws AggregateError of what failed, after every stream had its turn
 */
export async function runForStreams(
  declarations: readonly StreamDeclaration[],
  only: string | undefined,
  run: (declaration: StreamDeclaration) => Promise<RunReport>,
): Promise<StreamReports> {
  const reports: StreamReports = {};
  const failures: Error[] = [];
  for (const declaration of declarations) {
    const { name } = declaration.stream;
    if (only !== undefined && only !== name) continue;
    try {
      const report = await run(declaration);
      reports[name] = { ...report, ranges: Object.fromEntries(report.ranges) };
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  return reports;
}
