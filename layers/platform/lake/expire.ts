import type { ObjectStore } from '../object-store.ts';
import { commitVersion } from './commit.ts';
import { type Readers, type Retention, splitSnapshots } from './retention.ts';
import { removeSnapshots, type Snapshot } from './table-metadata.ts';
import { type LakeVersion, readNewestVersion } from './table-version.ts';

export interface LakeExpiry extends Readers {
  base: LakeVersion;
  retention: Retention;
}

/**
 * Commits a version without the snapshots that retention lets go; nothing is committed where there are none. Their files
 * stay where they are until the table is swept.
 *
 * @returns what was expired
 */
export async function expireSnapshots(expiry: LakeExpiry, target: ExpiryTarget): Promise<readonly Snapshot[]> {
  const { base, retention } = expiry;
  const choose = (version: LakeVersion, nowMs: number) =>
    splitSnapshots(version, retention, { ...expiry, nowMs }).expired;
  return expireChosen(base, choose, target);
}

export interface ExpiryTarget {
  store: ObjectStore;
  now: () => number;
}

/** The same with snapshots that the caller chooses, anew for each version that it is tried on; never the current one. */
export async function expireChosen(
  from: LakeVersion,
  choose: (version: LakeVersion, nowMs: number) => readonly Snapshot[],
  { store, now }: ExpiryTarget,
): Promise<readonly Snapshot[]> {
  for (let base = from; ; ) {
    const startedAtMs = now();
    const expired = choose(base, startedAtMs);
    if (expired.length === 0) return [];
    const nowMs = Math.max(startedAtMs, base.metadata['last-updated-ms'] + 1);
    const metadata = removeSnapshots(base.metadata, `${store.uri}/${base.metadataKey}`, expired, nowMs);
    if (await commitVersion(store, { base, metadata, startedAtMs }, now)) return expired;
    base = await readNewestVersion({ store, now }, base.location, base.version + 1);
  }
}
