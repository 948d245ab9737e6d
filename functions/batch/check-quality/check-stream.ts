import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { QualityCheck } from '@tidemark/domains/quality';
import type { Stream } from '@tidemark/domains/stream';
import type { RunDependencies, RunReport } from '@tidemark/platform/batch-runs';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { buildCheck } from './build-check.ts';
import { type CheckVerdict, doesNotApply, judgeCheck, type Observation } from './judge-check.ts';
import { type PublishedHistory, readPublishedHistory } from './published-history.ts';

/**
 * Runs the declared checks of a stream over its newest data and stores what each said. A check that fails marks the
 * data, in `tidemark.data_quality`, the status and the answers; it stops nothing.
 *
 * @returns `rows` is how many checks ran; the warning names those that failed
 * @throws ClickHouseUnavailable
 */
export async function checkStream(
  { stream, checks }: StreamDeclaration,
  { clickhouse, clock }: RunDependencies,
): Promise<RunReport> {
  const startedAtMs = clock();
  const history = await readPublishedHistory(clickhouse, stream.name);
  const snapshot = history.newest?.snapshot ?? 0;
  const results: { check: QualityCheck; verdict: CheckVerdict; durationMs: number }[] = [];
  for (const check of checks) {
    const checkStartedAtMs = clock();
    const verdict = await runCheck(check, stream, { history, nowMs: startedAtMs }, clickhouse);
    results.push({ check, verdict, durationMs: clock() - checkStartedAtMs });
  }
  await clickhouse.insert(
    'tidemark.quality_checks',
    [...COLUMNS],
    results.map(({ check, verdict: { status, observed, threshold, detail }, durationMs }) => [
      stream.name,
      check.name,
      check.kind,
      check.severity,
      status,
      check.summary,
      observed,
      threshold,
      detail,
      snapshot,
      startedAtMs,
      durationMs,
    ]),
  );
  const failed = results.filter(({ verdict }) => verdict.status === 'failed').map(({ check }) => check.name);
  return {
    status: checks.length > 0 ? 'done' : 'skipped',
    ranges: new Map(),
    snapshot,
    rows: results.length,
    rejected: 0,
    ...(failed.length > 0 && { warning: `failed: ${failed.join(', ')}` }),
  };
}

const COLUMNS = [
  'stream',
  'check',
  'kind',
  'severity',
  'status',
  'summary',
  'observed',
  'threshold',
  'detail',
  'snapshot',
  'checked_at',
  'duration_ms',
] as const;

async function runCheck(
  check: QualityCheck,
  stream: Stream,
  scope: { readonly history: PublishedHistory; readonly nowMs: number },
  clickhouse: ClickHouse,
): Promise<CheckVerdict> {
  const query = buildCheck(check, stream, scope);
  if (typeof query === 'string') return doesNotApply(query);
  const { rows } = await clickhouse.query<Observation>(query.sql, query.params);
  return judgeCheck(check, rows[0] ?? { observed: null, sample: 0, detail: '' });
}
