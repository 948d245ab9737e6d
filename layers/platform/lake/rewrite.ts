import { TidemarkError } from '../errors.ts';
import { writeAddedManifest } from './added-manifest.ts';
import { commitVersion } from './commit.ts';
import { type DataFileTarget, type LakeDataFile, writeDataFiles } from './data-file.ts';
import { ENTRY_STATUS, type ManifestEntry, readManifest, writeManifest } from './manifest.ts';
import { describeManifest, type ManifestFile, readManifestList, writeManifestList } from './manifest-list.ts';
import { readLiveEntries } from './merge-manifests.ts';
import { planRewrite, type RewriteGroup, type RewriteLimits } from './plan-rewrite.ts';
import { concatenateRows, decodeParquet } from './read-parquet.ts';
import { buildSnapshot, carrySummary, newSnapshotId } from './snapshot.ts';
import { addSnapshot, type Snapshot } from './table-metadata.ts';
import { type LakeVersion, readNewestVersion } from './table-version.ts';

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
    const committed = await commitReplacement({ ...rewrite, base, startedAtMs, removed: group, added }, target);
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

interface Replacement extends LakeRewrite {
  startedAtMs: number;
  removed: RewriteGroup;
  added: readonly LakeDataFile[];
}

/** Undefined where another writer has removed one of the files meanwhile. */
async function commitReplacement(replacement: Replacement, target: RewriteTarget): Promise<LakeVersion | undefined> {
  const { removed, added, writerId, startedAtMs } = replacement;
  const { store, now, newId } = target;
  const snapshotId = newSnapshotId(newId);
  const addManifest = await writeAddedManifest({ store, newId, files: added, snapshotId }, replacement.base);
  for (let { base } = replacement; ; ) {
    const summary = carrySummary(base.summary);
    const content = { operation: 'replace', snapshotId, added, removed, summary, writerId } as const;
    const snapshot = buildSnapshot(base, content, target);
    const kept = await removeEntries(base, removed, snapshot, target);
    if (!kept) return undefined;
    const listKey = snapshot['manifest-list'].slice(store.uri.length + 1);
    await writeManifestList(store, listKey, snapshot, [...addManifest(snapshot), ...kept]);
    const metadata = addSnapshot(base.metadata, `${store.uri}/${base.metadataKey}`, snapshot);
    const version = await commitVersion(store, { base, metadata, startedAtMs }, now);
    if (version) return version;
    base = await readNewestVersion({ store, now }, base.location, base.version + 1);
  }
}

/**
 * The manifests of a version without the entries of some files: those that held one are rewritten as a single manifest,
 * which says of those files that this snapshot deleted them. Undefined where one of them is not in the version.
 */
async function removeEntries(
  base: LakeVersion,
  files: RewriteGroup,
  snapshot: Snapshot,
  { store, newId }: RewriteTarget,
): Promise<ManifestFile[] | undefined> {
  const paths = new Set(files.map(({ path }) => path));
  const kept: ManifestFile[] = [];
  const entries: ManifestEntry[] = [];
  for (const manifest of await readManifestList(store, base.currentSnapshot)) {
    const stored = await readManifest(store, manifest.manifest_path);
    const isTouched = stored.some(({ status, file }) => status !== ENTRY_STATUS.deleted && paths.has(file.path));
    if (isTouched) entries.push(...(await readLiveEntries(store, [manifest])));
    else if (stored.some(({ status }) => status !== ENTRY_STATUS.deleted)) kept.push(manifest);
  }
  const snapshotId = snapshot['snapshot-id'];
  const carried = entries.map((entry) =>
    paths.has(entry.file.path) ? { ...entry, status: ENTRY_STATUS.deleted, snapshotId } : entry,
  );
  if (carried.filter(({ status }) => status === ENTRY_STATUS.deleted).length !== paths.size) return undefined;
  const key = `${base.location}metadata/${newId()}-merged.avro`;
  const lengthBytes = await writeManifest(store, key, base.metadata, carried);
  const origin = { path: `${store.uri}/${key}`, lengthBytes, snapshotId, sequenceNumber: snapshot['sequence-number'] };
  return [describeManifest(origin, carried), ...kept];
}

function sumRows(files: readonly LakeDataFile[]): number {
  return files.reduce((sum, { recordCount }) => sum + recordCount, 0);
}
