import type { MappingProblem } from './core/mapping-problem.ts';
import type { Log } from './log.ts';

/** Says of each setting that will not behave as written why. */
export function reportProblems(problems: readonly MappingProblem[], log: Log): void {
  for (const { reason, stopsPolling, ...problem } of problems) {
    const consequence = stopsPolling ? '; the mapping is not polled' : '';
    log('warn', `mapping setting ${problem.verdict}: ${reason}${consequence}`, problem);
  }
}
