import { setTimeout as wait } from 'node:timers/promises';
import { TidemarkError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import type { TableMetadata } from './table-metadata.ts';
import { describeVersion, type LakeVersion, listNewest, metadataKeyOf, writeHint } from './table-version.ts';

/** Files that no version names are removed after 24 hours: a writer must be done long before. */
const MAX_ATTEMPT_AGE_MS = 3_600_000;
const MAX_PUTS = 5;
const FIRST_PAUSE_MS = 100;

export interface CommitAttempt {
  base: LakeVersion;
  /** The metadata of version `base.version + 1`. */
  metadata: TableMetadata;
  /** When the writing of what this commit names began. */
  startedAtMs: number;
}

/**
 * Makes the next version: one `PUT v{N+1}` that succeeds only where nobody else was first.
 *
 * Where the answer is lost, the same PUT is sent again and then meets itself: the version is read back, and its bytes
 * say whose it is. Returns undefined where another writer won. Throws where the store stays silent: the commit may then
 * still arrive, so whoever tries again starts from the newest version.
 */
export async function commitVersion(
  store: ObjectStore,
  { base, metadata, startedAtMs }: CommitAttempt,
  now: () => number,
): Promise<LakeVersion | undefined> {
  const version = base.version + 1;
  const key = metadataKeyOf(base.location, version);
  const body = Buffer.from(JSON.stringify(metadata));
  const outcome = await putStubbornly(store, key, body, () => refuseOldAttempt(startedAtMs, now()));
  if (outcome === 'exists') {
    const found = await store.get(key);
    if (found === undefined || !body.equals(found)) return undefined;
  }
  // Between the question and the answer this process may have stood still for days.
  if (isTooOld(startedAtMs, now())) await refuseReusedVersion(store, base.location, version);
  // The commit stands without the hint: a reader then probes one step further.
  await writeHint(store, base.location, version).catch(() => undefined);
  return describeVersion(base.location, version, metadata);
}

async function putStubbornly(
  store: ObjectStore,
  key: string,
  body: Uint8Array,
  refuse: () => void,
): Promise<'created' | 'exists'> {
  for (let attempt = 1; ; attempt += 1) {
    refuse();
    try {
      return await store.putIfAbsent(key, body);
    } catch (error) {
      const isWorthAnother = error instanceof TidemarkError && error.retryable && attempt < MAX_PUTS;
      if (!isWorthAnother) throw error;
      await wait(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

function isTooOld(startedAtMs: number, nowMs: number): boolean {
  return nowMs - startedAtMs > MAX_ATTEMPT_AGE_MS;
}

/**
 * Withdraws a version whose metadata was made after those above it: the one that had its number was removed for its age.
 * Nobody has seen it, because readers look upwards from newer ones.
 */
async function refuseReusedVersion(store: ObjectStore, location: string, version: number): Promise<void> {
  const newest = (await listNewest(store, location)) ?? version;
  if (newest === version || (await store.exists(metadataKeyOf(location, version + 1)))) return;
  await store.delete(metadataKeyOf(location, version));
  throw new TidemarkError(`lake: version ${version} is long gone, the newest is ${newest}: start again`, {
    retryable: true,
  });
}

function refuseOldAttempt(startedAtMs: number, nowMs: number): void {
  if (isTooOld(startedAtMs, nowMs)) {
    throw new TidemarkError('lake: this attempt is over an hour old, its files may be gone: start again', {
      retryable: true,
    });
  }
}
