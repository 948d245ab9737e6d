import type { ClickHouse } from '@tidemark/platform/clickhouse';

/** `failed`: a check of severity error failed; `warning`: one of severity warning; `unknown`: none applied in the last day. */
export type QualityState = 'ok' | 'warning' | 'failed' | 'unknown';

/** The last result of one declared check. Times are ISO 8601, UTC. */
export interface CheckResult {
  readonly check: string;
  readonly kind: string;
  readonly severity: 'warning' | 'error';
  readonly status: 'passed' | 'failed' | 'not_applicable';
  /** What the figures are of. */
  readonly summary: string;
  readonly observed: number | null;
  readonly threshold: number | null;
  /** What exactly, or why it does not apply. */
  readonly detail: string;
  readonly snapshot: number;
  readonly checked_at: string;
  /** Of the failures in a row up to now; null unless it failed. */
  readonly failed_since: string | null;
}

export interface Quality {
  readonly status: QualityState;
  readonly checked_at: string | null;
  /** All of them, those that failed first. */
  readonly checks: readonly CheckResult[];
}

/** What the last checks of a stream say. @throws ClickHouseUnavailable */
export async function readQuality(clickhouse: ClickHouse, stream: string): Promise<Quality> {
  const { rows } = await clickhouse.query<CheckResult>(
    `SELECT check, kind, severity, status, summary, observed, threshold, detail, snapshot, checked_at, failed_since
     FROM tidemark.data_quality WHERE stream = {stream:String}
     ORDER BY status = 'failed' DESC, severity = 'error' DESC, check`,
    { stream },
  );
  const checkedAt = rows.map(({ checked_at }) => checked_at).sort();
  return { status: judgeQuality(rows), checked_at: checkedAt.at(-1) ?? null, checks: rows };
}

function judgeQuality(checks: readonly Pick<CheckResult, 'severity' | 'status'>[]): QualityState {
  const failed = checks.filter(({ status }) => status === 'failed');
  if (failed.some(({ severity }) => severity === 'error')) return 'failed';
  if (failed.length > 0) return 'warning';
  return checks.some(({ status }) => status === 'passed') ? 'ok' : 'unknown';
}
