import type { Clock } from '@tidemark/platform/clock';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import { planRewrite } from '@tidemark/platform/lake/plan-rewrite';
import { type Readers, type Retention, splitSnapshots } from '@tidemark/platform/lake/retention';
import type { RewriteReport } from '@tidemark/platform/lake/rewrite';
import type { SweepReport } from '@tidemark/platform/lake/sweep';

export interface TableMaintenance {
  readonly retention: Retention;
  readonly readers: Readers;
  readonly writerId: string;
  readonly deadlineMs: number;
  readonly isDryRun: boolean;
}

export interface TableReport {
  readonly expiredSnapshots: number;
  readonly removed: SweepReport;
  readonly rewritten: RewriteReport;
}

/** Expires snapshots, removes what no snapshot names, and rewrites small files until the deadline. */
export async function maintainTable(
  table: LakeTable,
  { retention, readers, writerId, deadlineMs, isDryRun }: TableMaintenance,
  clock: Clock,
): Promise<TableReport> {
  const base = await table.load();
  const expired = isDryRun
    ? splitSnapshots(base, retention, { ...readers, nowMs: clock() }).expired
    : await table.expire({ ...readers, base, retention });
  const removed = await table.sweep({ readableFrom: readers.readableFrom, isDryRun });
  const rewritten = isDryRun
    ? await describeRewrite(table)
    : await table.rewrite({ base: await table.load(), writerId, deadlineMs });
  return { expiredSnapshots: expired.length, removed, rewritten };
}

async function describeRewrite(table: LakeTable): Promise<RewriteReport> {
  const groups = planRewrite(await table.listFiles(await table.load()));
  const files = groups.flat();
  const rows = files.reduce((sum, { recordCount }) => sum + recordCount, 0);
  return { filesBefore: files.length, filesAfter: groups.length, rows, groupsLeft: 0 };
}
