import { TidemarkError } from '../errors.ts';
import { type DataFileTarget, type LakeDataFile, writeDataFiles } from './data-file.ts';
import { readManifestList } from './manifest-list.ts';
import { readLiveEntries } from './merge-manifests.ts';
import { planRewrite, type RewriteGroup, type RewriteLimits } from './plan-rewrite.ts';
import { concatenateRows, decodeParquet } from './read-parquet.ts';
import { commitReplacement } from './replace-files.ts';
import { carrySummary } from './snapshot.ts';
import type { LakeVersion } from './table-version.ts';

export interface LakeRewrite {
  base: LakeVersion;
  writerId: string;
  /** Epoch milliseconds: no further group is begun after it. */
  deadlineMs: number;
  limits?: RewriteLimits | undefined;
}

export interface RewriteTarget extends DataFileTarget {
  now: () => number;
}

/** What a run of rewriting did. */
export interface RewriteReport {
  filesBefore: number;
  filesAfter: number;
  rows: number;
  /** Groups that are left for the next run. */
  groupsLeft: number;
}

/**
 * Rewrites small files of a day as one, group by group: each group is a `replace` snapshot whose rows and summary are
 * those of the version before it. Work that another writer undid is dropped; its file is removed as an orphan.
 */
export async function rewriteSmallFiles(rewrite: LakeRewrite, target: RewriteTarget): Promise<RewriteReport> {
  const { store, now } = target;
  const report = { filesBefore: 0, filesAfter: 0, rows: 0, groupsLeft: 0 };
  let { base } = rewrite;
  const live = await readLiveEntries(store, await readManifestList(store, base.currentSnapshot));
  live.sort((a, b) => (a.sequenceNumber ?? 0) - (b.sequenceNumber ?? 0));
  const files = live.map(({ file }) => file);
  const groups = planRewrite(files, rewrite.limits);
  for (const [index, group] of groups.entries()) {
    if (now() >= rewrite.deadlineMs) return { ...report, groupsLeft: groups.length - index };
    const startedAtMs = now();
    const added = await rewriteGroup(group, target);
    const { writerId } = rewrite;
    const change = { operation: 'replace', base, writerId, startedAtMs, removed: group, added } as const;
    const committed = await commitReplacement({ ...change, summarize: ({ summary }) => carrySummary(summary) }, target);
    if (!committed) continue;
    base = committed;
    report.filesBefore += group.length;
    report.filesAfter += added.length;
    report.rows += sumRows(group);
  }
  return report;
}

/** The rows keep the order of the files, which follow each other as they were written. */
async function rewriteGroup(group: RewriteGroup, target: RewriteTarget): Promise<LakeDataFile[]> {
  const { columns } = target.definition;
  const parts = [];
  for (const { path } of group) {
    const bytes = await target.store.get(path.slice(target.store.uri.length + 1));
    if (!bytes) throw new TidemarkError(`lake: data file ${path} is gone`, { retryable: false });
    parts.push(await decodeParquet(columns, bytes));
  }
  const files = await writeDataFiles(concatenateRows(columns, parts), target);
  if (files.length !== 1 || sumRows(files) !== sumRows(group) || files[0]?.day !== group[0]?.day) {
    throw new TidemarkError('lake: a rewritten file does not hold the rows of those it replaces', { retryable: false });
  }
  return files;
}

function sumRows(files: readonly LakeDataFile[]): number {
  return files.reduce((sum, { recordCount }) => sum + recordCount, 0);
}
