import { setTimeout as wait } from 'node:timers/promises';
import { TidemarkError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import type { TableMetadata } from './table-metadata.ts';
import {
  describeVersion,
  isSurelyFollowed,
  type LakeVersion,
  MAX_SURE_AGE_MS,
  metadataKeyOf,
  versionOfKey,
  writeHint,
} from './table-version.ts';

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
  // This process may have stood still for days, and the next version have come and gone.
  if (!isSurelyFollowed(base, now())) await refuseReusedVersion(store, base.location, version);
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

/**
 * Withdraws a version whose metadata was made long after one above it: that which had its number was removed for its
 * age. Nobody has taken it for the newest, because none above an old version is found by asking for the next alone.
 */
async function refuseReusedVersion(store: ObjectStore, location: string, version: number): Promise<void> {
  const madeAtMs = new Map<number, number>();
  for await (const { key, modifiedAt } of store.list(`${location}metadata/v`)) {
    const found = versionOfKey(key);
    if (found !== undefined) madeAtMs.set(found, modifiedAt.getTime());
  }
  const ownMs = madeAtMs.get(version);
  // What was removed had one above it for a whole day; those of one store's clock never differ by half of that.
  const isReused = [...madeAtMs].some(([other, ms]) => other > version && ms + MAX_SURE_AGE_MS < (ownMs ?? 0));
  if (ownMs !== undefined && !isReused) return;
  if (isReused) await store.delete(metadataKeyOf(location, version));
  throw new TidemarkError(
    `lake: version ${version} is long gone, the newest is ${Math.max(...madeAtMs.keys())}: start again`,
    {
      retryable: true,
    },
  );
}

function refuseOldAttempt(startedAtMs: number, nowMs: number): void {
  if (nowMs - startedAtMs > MAX_ATTEMPT_AGE_MS) {
    throw new TidemarkError('lake: this attempt is over an hour old, its files may be gone: start again', {
      retryable: true,
    });
  }
}
