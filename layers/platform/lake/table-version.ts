import { TidemarkError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import { findCurrentSnapshot, type Snapshot, type TableMetadata } from './table-metadata.ts';

/** One committed state of a table. Version 1 is the empty table; each commit is one more. */
export interface LakeVersion {
  version: number;
  /** `{location}metadata/v{version}.metadata.json` */
  metadataKey: string;
  /** The table's key prefix, with a slash at its end: what ClickHouse takes as `filename`. */
  location: string;
  metadata: TableMetadata;
  currentSnapshot: Snapshot | undefined;
  /** The current snapshot's summary; empty before the first. */
  summary: Readonly<Record<string, string>>;
}

/** The key of a version's metadata. */
export function metadataKeyOf(location: string, version: number): string {
  return `${location}metadata/v${version}.metadata.json`;
}

/** The version whose metadata lies under a key; undefined where the key is of something else. */
export function versionOfKey(key: string): number | undefined {
  const version = /\/metadata\/v(\d+)\.metadata\.json$/.exec(key)?.[1];
  return version === undefined ? undefined : Number(version);
}

/** Reads one version; undefined where it was never committed or has been expired. */
export async function readVersion(
  store: ObjectStore,
  location: string,
  version: number,
): Promise<LakeVersion | undefined> {
  const bytes = await store.get(metadataKeyOf(location, version));
  return bytes && describeVersion(location, version, JSON.parse(Buffer.from(bytes).toString()));
}

/** A version from its metadata. */
export function describeVersion(location: string, version: number, metadata: TableMetadata): LakeVersion {
  const currentSnapshot = findCurrentSnapshot(metadata);
  return {
    version,
    metadataKey: metadataKeyOf(location, version),
    location,
    metadata,
    currentSnapshot,
    summary: currentSnapshot?.summary ?? {},
  };
}

/**
 * Finds the newest version at or above `known`, or anywhere where nothing is known or `known` is gone.
 * The hint is only a place to start: a writer may have died between its commit and the hint.
 */
export async function readNewestVersion(
  { store, now }: { store: ObjectStore; now: () => number },
  location: string,
  known?: number,
): Promise<LakeVersion> {
  const start = known ?? (await readHint(store, location));
  // Version 1 is kept for ever: what is above it may be gone.
  const probed = start > 1 ? await probeUpwards(store, location, start) : undefined;
  const found = probed === undefined ? undefined : await readVersion(store, location, probed);
  if (found && isSurelyFollowed(found, now())) return found;
  const newest = await listNewest(store, location);
  const listed = newest === found?.version ? found : newest && (await readVersion(store, location, newest));
  if (!listed) throw new TidemarkError(`lake: no table at ${store.uri}/${location}`, { retryable: false });
  return listed;
}

/**
 * Metadata goes at the earliest so long after the next version took its place; the rest is there for a snapshot each,
 * with gaps between.
 */
export const MIN_METADATA_AGE_MS = 24 * 3_600_000;
/** Half of it, so that clocks may differ by the other half. */
export const MAX_SURE_AGE_MS = MIN_METADATA_AGE_MS / 2;

/** Says that the version after this one, if there ever was one, is still there: this one is too young to be below a gap. */
export function isSurelyFollowed({ metadata }: LakeVersion, nowMs: number): boolean {
  return Math.abs(nowMs - metadata['last-updated-ms']) <= MAX_SURE_AGE_MS;
}

/** Leaves a hint for those who look for the newest version. */
export async function writeHint(store: ObjectStore, location: string, version: number): Promise<void> {
  await store.put(hintKeyOf(location), Buffer.from(String(version)));
}

/** Beyond so many commits since the hint, one listing is cheaper than asking for each. */
const MAX_PROBES = 50;

async function probeUpwards(store: ObjectStore, location: string, start: number): Promise<number | undefined> {
  if (!(await store.exists(metadataKeyOf(location, start)))) return undefined;
  for (let version = start; version < start + MAX_PROBES; version += 1) {
    if (!(await store.exists(metadataKeyOf(location, version + 1)))) return version;
  }
  return undefined;
}

/** The highest version whose metadata is there. */
async function listNewest(store: ObjectStore, location: string): Promise<number | undefined> {
  let newest: number | undefined;
  for await (const { key } of store.list(`${location}metadata/v`)) {
    const version = versionOfKey(key);
    if (version !== undefined && version > (newest ?? 0)) newest = version;
  }
  return newest;
}

async function readHint(store: ObjectStore, location: string): Promise<number> {
  const bytes = await store.get(hintKeyOf(location));
  const hint = Number(Buffer.from(bytes ?? []).toString());
  return Number.isSafeInteger(hint) && hint > 0 ? hint : 1;
}

/** The key of the hint. */
export function hintKeyOf(location: string): string {
  return `${location}metadata/version-hint.text`;
}
