import type { StreamDeclaration } from '@tidemark/domains/domain';
import { recordRun } from '@tidemark/platform/batch-runs';
import { InvalidPayload } from '../payload.ts';
import {
  type Acknowledgement,
  applyAcknowledgements,
  findObjection,
  readAcknowledgements,
  storeAcknowledgement,
} from './acknowledge-gaps.ts';
import { type ReconcileDependencies, type ReconcileInput, reconcileStream } from './reconcile-stream.ts';
import { type StreamReport, toRunReport, toStreamReport } from './report-ledger.ts';
import { storeLedger } from './store-ledger.ts';

export interface KeepInput extends ReconcileInput {
  /** A gap that the operator accepts from now on. */
  readonly acknowledge?: Acknowledgement | undefined;
}

/**
 * Accounts for a stream, keeps the ledger, and records the run.
 *
 * @throws what `reconcileStream` throws, after the failure is recorded; InvalidPayload where what is acknowledged is no
 * such gap, after the ledger is kept
 */
export async function reconcileAndKeep(
  declaration: StreamDeclaration,
  { acknowledge, ...input }: KeepInput,
  deps: ReconcileDependencies,
): Promise<StreamReport> {
  const { name } = declaration.stream;
  const reports: StreamReport[] = [];
  let objection: string | undefined;
  const run = async () => {
    const found = await reconcileStream(declaration, input, deps);
    objection = acknowledge && findObjection(found, acknowledge);
    if (acknowledge !== undefined && objection === undefined) {
      await storeAcknowledgement(deps.clickhouse, name, acknowledge, deps.clock());
    }
    const ledger = applyAcknowledgements(found, await readAcknowledgements(deps.clickhouse, name));
    await storeLedger(deps.clickhouse, ledger, { runId: deps.newId(), checkedAtMs: deps.clock() });
    reports.push(toStreamReport(ledger));
    return toRunReport(ledger);
  };
  await recordRun('reconcile', name, run, deps);
  if (objection !== undefined) throw new InvalidPayload(objection, { retryable: false });
  return reports[0] as StreamReport;
}
