import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { CheckResult, Quality, QualityState } from './schemas.ts';

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
