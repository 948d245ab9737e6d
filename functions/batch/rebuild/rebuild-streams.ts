import type { Domain } from '@tidemark/domains/domain';
import type { ReconcileDependencies } from '../reconcile/reconcile-stream.ts';
import { type RebuildInput, type RebuildReport, rebuildStream } from './rebuild-stream.ts';

/**
 * Rebuilds one stream, or all one after the other.
 *
 * @throws what the first that fails throws: an operator looks at it before the next is touched
 */
export async function rebuildStreams(
  domains: readonly Domain[],
  only: string | undefined,
  input: RebuildInput,
  deps: ReconcileDependencies,
): Promise<Record<string, RebuildReport>> {
  const reports: Record<string, RebuildReport> = {};
  for (const domain of domains) {
    for (const declaration of domain.streams) {
      const { name } = declaration.stream;
      if (only === undefined || only === name) reports[name] = await rebuildStream(domain, declaration, input, deps);
    }
  }
  return reports;
}
