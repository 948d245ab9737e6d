import type { StreamDeclaration } from '@tidemark/domains/domain';
import { type RunReport, recordRun } from '@tidemark/platform/batch-runs';
import type { ErasureState } from '@tidemark/platform/erasures';
import { readErasures, storeErasureStep } from '@tidemark/platform/erasures';
import type { CompactDependencies } from '../compact/compact-stream.ts';
import { readFloors } from '../maintain-lake/raise-floor.ts';
import { cleanUp } from './clean-up.ts';
import { type ErasureProof, proveErasure } from './prove-erasure.ts';
import { type ErasureRequest, requestErasure } from './request-erasure.ts';
import { countAffected } from './search-subject.ts';
import { vanish } from './vanish.ts';

export interface EraseReport extends RunReport {
  readonly erasures: readonly ErasureReport[];
}

/** How far one erasure is. */
export interface ErasureReport {
  readonly erasure_id: string;
  /** `dry_run`, or see sql/platform/erasures.sql. */
  readonly state: 'dry_run' | ErasureState['status'];
  readonly message: string;
  readonly proof?: ErasureProof;
  /** In a dry run: rows by place. */
  readonly found?: Readonly<Record<string, number>>;
}

/**
 * Forgets what the request names, if it names anything, and goes on with whatever of the stream is unfinished.
 *
 * First the subject vanishes from every answer. What still holds its bytes (hot rows, replaced files, old segments) goes
 * once no query and no function can be reading it or bring it back: a quarter of an hour later, with the next invocation
 * or run of maintenance.
 *
 * @throws InvalidPayload where the stream has no such column or value
 */
export async function eraseSubject(
  declaration: StreamDeclaration,
  request: ErasureRequest & { readonly dryRun: boolean },
  deadlineMs: number,
  deps: CompactDependencies,
): Promise<EraseReport> {
  const { name } = declaration.stream;
  if (request.dryRun) {
    const erasure = await requestErasure(declaration.stream, request, { ...deps, isDryRun: true });
    const found = erasure === undefined ? {} : await countAffected(declaration.stream, erasure, deps);
    const message = 'nothing was changed; records that only Kafka holds are not counted';
    return { ...NOTHING, erasures: [{ erasure_id: '', state: 'dry_run', message, found }] };
  }
  await requestErasure(declaration.stream, request, { ...deps, isDryRun: false });
  const erasures = (await readErasures(deps.clickhouse, name)).filter(({ status }) => status !== 'finished');
  if (erasures.length === 0) return { ...NOTHING, erasures: [] };
  const reports: ErasureReport[] = [];
  const report = await recordRun(
    'erase-subject',
    name,
    async () => {
      for (const erasure of erasures) reports.push(await continueErasure(declaration, erasure, deadlineMs, deps));
      return { ...NOTHING, status: 'done', ...warnOf(reports) };
    },
    deps,
  );
  return { ...report, erasures: reports };
}

const NOTHING: RunReport = { status: 'skipped', ranges: new Map(), snapshot: 0, rows: 0, rejected: 0 };

/** Of what stays unfinished though nothing waits for a moment that will come by itself. */
function warnOf(reports: readonly ErasureReport[]): { warning?: string } {
  const stuck = reports.filter(({ state, proof }) => state === 'requested' || proof?.is_clean === false);
  if (stuck.length === 0) return {};
  return { warning: stuck.map(({ erasure_id, message }) => `erasure ${erasure_id}: ${message}`).join('; ') };
}

async function continueErasure(
  declaration: StreamDeclaration,
  erasure: ErasureState,
  deadlineMs: number,
  deps: CompactDependencies,
): Promise<ErasureReport> {
  const { clickhouse } = deps;
  const state = erasure.status === 'requested' ? await vanish(declaration, erasure, deadlineMs, deps) : erasure;
  const report = { erasure_id: erasure.id, state: state.status };
  if (state.status === 'requested') {
    return { ...report, message: 'not everything could be compacted: invoke it again' };
  }
  const { standing } = await readFloors(clickhouse, declaration.stream.name);
  if (standing < state.snapshot) {
    const message = 'gone from every answer; what queries may still be reading goes a quarter of an hour later';
    return { ...report, message: `${message}, by the next invocation or run of maintainLake` };
  }
  const removed = await cleanUp(declaration, state, deps);
  const proof = await proveErasure(declaration, state, removed, deps);
  if (!proof.is_clean) {
    // Committed by a compactor that had begun before the request: it is taken from the lake as at first.
    const { lake_events = 0, lake_records = 0 } = proof.found;
    if (lake_events + lake_records > 0) await vanish(declaration, state, deadlineMs, deps);
    return { ...report, message: 'something was found again: invoke it again', proof };
  }
  await storeErasureStep(clickhouse, state, { ...state, status: 'finished', proof });
  return { ...report, state: 'finished', message: 'searched for everywhere, and nowhere found', proof };
}
