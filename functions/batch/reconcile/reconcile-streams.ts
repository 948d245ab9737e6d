import type { StreamDeclaration } from '@tidemark/domains/domain';
import { type KeepInput, reconcileAndKeep } from './reconcile-and-keep.ts';
import type { ReconcileDependencies } from './reconcile-stream.ts';
import type { ReconcileReport, StreamReport } from './report-ledger.ts';

/**
 * Accounts for one stream, or for all one after the other.
 *
 * @throws AggregateError of what failed, after every stream had its turn
 */
export async function reconcileStreams(
  declarations: readonly StreamDeclaration[],
  only: string | undefined,
  input: KeepInput,
  deps: ReconcileDependencies,
): Promise<ReconcileReport> {
  const streams: StreamReport[] = [];
  const failures: Error[] = [];
  for (const declaration of declarations) {
    if (only !== undefined && only !== declaration.stream.name) continue;
    try {
      streams.push(await reconcileAndKeep(declaration, input, deps));
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  return { is_clean: streams.every((stream) => stream.is_clean), streams };
}
