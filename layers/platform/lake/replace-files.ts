import type { ObjectStore } from '../object-store.ts';
import { writeAddedManifest } from './added-manifest.ts';
import { commitVersion } from './commit.ts';
import type { LakeDataFile } from './data-file.ts';
import { ENTRY_STATUS, type ManifestEntry, readManifest, writeManifest } from './manifest.ts';
import { describeManifest, type ManifestFile, readManifestList, writeManifestList } from './manifest-list.ts';
import { readLiveEntries } from './merge-manifests.ts';
import { buildSnapshot, newSnapshotId } from './snapshot.ts';
import { addSnapshot, type Snapshot } from './table-metadata.ts';
import { type LakeVersion, readNewestVersion } from './table-version.ts';

export interface Replacement {
  /** `replace` where the rows stay the same, `overwrite` or `delete` where some go. */
  operation: 'replace' | 'overwrite' | 'delete';
  base: LakeVersion;
  writerId: string;
  /** Epoch milliseconds at which the added files were begun. */
  startedAtMs: number;
  removed: readonly LakeDataFile[];
  added: readonly LakeDataFile[];
  /** The writer's part of the summary that follows a version's. */
  summarize: (base: LakeVersion) => Readonly<Record<string, string>>;
  /** Leaves nothing in the manifests that tells what removed files held: neither bounds nor sizes. */
  forgetsBounds?: boolean;
}

export interface ReplacementTarget {
  store: ObjectStore;
  now: () => number;
  newId: () => string;
}

/** Puts files in the place of others, on the newest version. Undefined where another writer has removed one of them. */
export async function commitReplacement(
  replacement: Replacement,
  target: ReplacementTarget,
): Promise<LakeVersion | undefined> {
  const { operation, removed, added, writerId, startedAtMs, summarize } = replacement;
  const { store, now, newId } = target;
  const snapshotId = newSnapshotId(newId);
  const addManifest = await writeAddedManifest({ store, newId, files: added, snapshotId }, replacement.base);
  for (let { base } = replacement; ; ) {
    const content = { operation, snapshotId, added, removed, summary: summarize(base), writerId } as const;
    const snapshot = buildSnapshot(base, content, target);
    const kept = await removeEntries({ ...replacement, base }, snapshot, target);
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
  { base, removed, forgetsBounds = false }: Replacement,
  snapshot: Snapshot,
  { store, newId }: ReplacementTarget,
): Promise<ManifestFile[] | undefined> {
  const paths = new Set(removed.map(({ path }) => path));
  const kept: ManifestFile[] = [];
  const entries: ManifestEntry[] = [];
  let isAnyTouched = false;
  for (const manifest of await readManifestList(store, base.currentSnapshot)) {
    const stored = await readManifest(store, manifest.manifest_path);
    const isTouched = stored.some(({ status, file }) => {
      return status === ENTRY_STATUS.deleted ? forgetsBounds && hasBounds(file) : paths.has(file.path);
    });
    isAnyTouched ||= isTouched;
    if (isTouched) entries.push(...(await readLiveEntries(store, [manifest])));
    else if (stored.some(({ status }) => status !== ENTRY_STATUS.deleted)) kept.push(manifest);
  }
  const snapshotId = snapshot['snapshot-id'];
  const carried = entries.map((entry) => {
    if (!paths.has(entry.file.path)) return entry;
    const file = forgetsBounds ? withoutBounds(entry.file) : entry.file;
    return { ...entry, file, status: ENTRY_STATUS.deleted, snapshotId };
  });
  if (carried.filter(({ status }) => status === ENTRY_STATUS.deleted).length !== paths.size) return undefined;
  if (!isAnyTouched || carried.length === 0) return kept;
  const key = `${base.location}metadata/${newId()}-merged.avro`;
  const lengthBytes = await writeManifest(store, key, base.metadata, carried);
  const origin = { path: `${store.uri}/${key}`, lengthBytes, snapshotId, sequenceNumber: snapshot['sequence-number'] };
  return [describeManifest(origin, carried), ...kept];
}

function hasBounds({ lowerBounds, upperBounds }: LakeDataFile): boolean {
  return lowerBounds.size + upperBounds.size > 0;
}

function withoutBounds(file: LakeDataFile): LakeDataFile {
  const none = new Map();
  return { ...file, columnSizesBytes: none, nullCounts: none, nanCounts: none, lowerBounds: none, upperBounds: none };
}
