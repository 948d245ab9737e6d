import type { MappingProblem } from './core/mapping-checks.ts';
import type { Log } from './log.ts';

/** Says of each setting that will not behave as written why. */
export function reportProblems(problems: readonly MappingProblem[], log: Log): void {
  for (const { reason, ...problem } of problems) log('warn', `mapping setting ${problem.verdict}: ${reason}`, problem);
}
