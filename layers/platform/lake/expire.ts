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
export async function expireSnapshots(
  expiry: LakeExpiry,
  { store, now }: { store: ObjectStore; now: () => number },
): Promise<readonly Snapshot[]> {
  const { retention } = expiry;
  for (let { base } = expiry; ; ) {
    const startedAtMs = now();
    const { expired } = splitSnapshots(base, retention, { ...expiry, nowMs: startedAtMs });
    if (expired.length === 0) return [];
    const nowMs = Math.max(startedAtMs, base.metadata['last-updated-ms'] + 1);
    const metadata = removeSnapshots(base.metadata, `${store.uri}/${base.metadataKey}`, expired, nowMs);
    if (await commitVersion(store, { base, metadata, startedAtMs }, now)) return expired;
    base = await readNewestVersion({ store, now }, base.location, base.version + 1);
  }
}
