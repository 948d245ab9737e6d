import type { StreamDeclaration } from '@tidemark/domains/domain';
import { recordRun } from '@tidemark/platform/batch-runs';
import { type ReconcileDependencies, type ReconcileInput, reconcileStream } from './reconcile-stream.ts';
import { type StreamReport, toRunReport, toStreamReport } from './report-ledger.ts';
import { storeLedger } from './store-ledger.ts';

/**
 * Accounts for a stream, keeps the ledger, and records the run.
 *
 * @throws what `reconcileStream` throws, after the failure is recorded
 */
export async function reconcileAndKeep(
  declaration: StreamDeclaration,
  input: ReconcileInput,
  deps: ReconcileDependencies,
): Promise<StreamReport> {
  const reports: StreamReport[] = [];
  const run = async () => {
    const ledger = await reconcileStream(declaration, input, deps);
    await storeLedger(deps.clickhouse, ledger, { runId: deps.newId(), checkedAtMs: deps.clock() });
    reports.push(toStreamReport(ledger));
    return toRunReport(ledger);
  };
  await recordRun('reconcile', declaration.stream.name, run, deps);
  return reports[0] as StreamReport;
}
