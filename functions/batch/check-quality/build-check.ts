import type { QualityCheck } from '@tidemark/domains/quality';
import type { Stream } from '@tidemark/domains/stream';
import { renderTemplate } from '@tidemark/platform/render-template';
import { hotTailCondition, rangesCondition, type Tidemark } from '@tidemark/platform/tidemark';
import acceptedValues from '../../../sql/platform/checks/accepted_values.sql';
import freshness from '../../../sql/platform/checks/freshness.sql';
import monotoneWatermarks from '../../../sql/platform/checks/monotone_watermarks.sql';
import nullRate from '../../../sql/platform/checks/null_rate.sql';
import referential from '../../../sql/platform/checks/referential.sql';
import uniqueness from '../../../sql/platform/checks/uniqueness.sql';
import volume from '../../../sql/platform/checks/volume.sql';
import type { PublishedHistory } from './published-history.ts';

/** One SELECT of a row: `observed`, `sample` (how many rows it is of) and `detail`. */
export interface CheckQuery {
  readonly sql: string;
  readonly params: Record<string, unknown>;
}

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/**
 * Writes the query of a check, bounded to the newest data: by the offsets between which a window of time can lie, where
 * it reads the hot table.
 *
 * @returns the reason where the check does not apply
 */
export function buildCheck(
  check: QualityCheck,
  stream: Stream,
  { history, nowMs }: { readonly history: PublishedHistory; readonly nowMs: number },
): CheckQuery | string {
  const hot_table = `${stream.database}.${stream.hotTable}`;
  const now = new Date(nowMs);
  const recent = (windowHours: number) => {
    const fromMs = nowMs - windowHours * HOUR_MS;
    return { offsets: offsetsFrom(history, fromMs), from: new Date(fromMs) };
  };
  switch (check.kind) {
    case 'freshness': {
      const hot_tail = hotTailCondition(history.newest?.tidemark ?? NO_OFFSETS);
      return { sql: renderTemplate(freshness, { hot_table, hot_tail }), params: { now, stream: stream.name } };
    }
    case 'volume': {
      const hourMs = Math.floor(nowMs / HOUR_MS - 1) * HOUR_MS;
      const then = offsetsBetween(history, hourMs - WEEK_MS, hourMs - WEEK_MS + HOUR_MS);
      if (then === undefined) return 'there is less than a week of data';
      const conditions = { now_offsets: offsetsFrom(history, hourMs), then_offsets: then };
      return { sql: renderTemplate(volume, { hot_table, ...conditions }), params: { hour: new Date(hourMs) } };
    }
    case 'null_rate': {
      const { offsets, from } = recent(check.windowHours);
      return { sql: renderTemplate(nullRate, { hot_table, offsets, column: check.column }), params: { from } };
    }
    case 'accepted_values': {
      const { offsets, from } = recent(check.windowHours);
      const sql = renderTemplate(acceptedValues, { hot_table, offsets, column: check.column });
      return { sql, params: { from, values: check.values } };
    }
    case 'uniqueness': {
      const { object, timeColumn, windowHours } = check.rows;
      const columns = check.columns.join(', ');
      const sql = renderTemplate(uniqueness, { object, time_column: timeColumn, columns });
      return { sql, params: { from: recent(windowHours).from } };
    }
    case 'referential': {
      const { offsets, from } = recent(check.windowHours);
      const { object: reference_object, column: reference_column } = check.references;
      const references = { reference_object, reference_column, where: check.where ?? 'true' };
      const sql = renderTemplate(referential, { hot_table, offsets, column: check.column, ...references });
      return { sql, params: { from, now } };
    }
    case 'monotone_watermarks': {
      const above = Math.max(0, (history.newest?.snapshot ?? 0) - check.snapshots);
      return { sql: renderTemplate(monotoneWatermarks, {}), params: { stream: stream.name, above } };
    }
  }
}

const NO_OFFSETS: Tidemark = new Map();

/** Records that came since a moment lie above every tidemark that was published before it. */
function offsetsFrom(history: PublishedHistory, fromMs: number): string {
  return hotTailCondition(history.before(fromMs)?.tidemark ?? NO_OFFSETS);
}

/** @returns undefined where nothing was published before the first moment: data that old is not there */
function offsetsBetween(history: PublishedHistory, fromMs: number, toMs: number): string | undefined {
  const lower = history.before(fromMs)?.tidemark;
  const upper = history.completeTo(toMs)?.tidemark;
  if (lower === undefined || upper === undefined) return undefined;
  const ranges = [...upper].map(([partition, to]) => [partition, { from: lower.get(partition) ?? 0, to }] as const);
  return rangesCondition(new Map(ranges.filter(([, { from, to }]) => from < to)));
}
