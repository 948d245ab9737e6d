import type { ObjectStore } from '../object-store.ts';
import { type AppendOutcome, appendFiles, type LakeAppend } from './append.ts';
import { openTable } from './catalog.ts';
import { type LakeDataFile, writeDataFiles } from './data-file.ts';
import type { LakeRows, LakeTableDefinition } from './definition.ts';
import {
  commitErasure,
  findTouchedFiles,
  type RowErasure,
  type RowSearch,
  type TouchedFile,
  writeLeftRows,
} from './erase-rows.ts';
import { expireSnapshots, type LakeExpiry } from './expire.ts';
import { type ForgetReport, findForgettable, findVersionsOf, forgetFiles } from './forget-files.ts';
import { ENTRY_STATUS, readManifest } from './manifest.ts';
import { readManifestList } from './manifest-list.ts';
import { readLiveEntries } from './merge-manifests.ts';
import { type LakeRewrite, type RewriteReport, rewriteSmallFiles } from './rewrite.ts';
import { type LakeSweep, type SweepReport, sweepTable } from './sweep.ts';
import type { Snapshot } from './table-metadata.ts';
import { type LakeVersion, readNewestVersion, readVersion } from './table-version.ts';

export interface LakeDependencies {
  /** Epoch milliseconds. */
  now: () => number;
  /** A fresh random UUID (version 4). */
  newId: () => string;
}

/**
 * An Iceberg v2 table on an object store, whose every commit is one conditional PUT of the next version.
 *
 * Only this writer may write it: others would commit through a catalog that does not exist here. Anyone may read.
 */
export class LakeTable {
  readonly definition: LakeTableDefinition;
  /** The table's key prefix, with a slash at its end. */
  readonly location: string;
  readonly #store: ObjectStore;
  readonly #deps: LakeDependencies;
  #newestKnown: number;

  private constructor(store: ObjectStore, definition: LakeTableDefinition, deps: LakeDependencies, found: LakeVersion) {
    this.#store = store;
    this.#deps = deps;
    this.definition = definition;
    this.location = found.location;
    this.#newestKnown = found.version;
  }

  /** Opens a table, creating it on first use. */
  static async open(store: ObjectStore, definition: LakeTableDefinition, deps: LakeDependencies): Promise<LakeTable> {
    return new LakeTable(store, definition, deps, await openTable(store, definition, deps));
  }

  /** The newest version. */
  async load(): Promise<LakeVersion> {
    const newest = await readNewestVersion(
      { store: this.#store, now: this.#deps.now },
      this.location,
      this.#newestKnown,
    );
    this.#newestKnown = newest.version;
    return newest;
  }

  /** One version; undefined where it was never committed or has been expired. */
  async loadVersion(version: number): Promise<LakeVersion | undefined> {
    return readVersion(this.#store, this.location, version);
  }

  /** Writes rows as one Parquet file a UTC day, for `append`. No reader sees them yet. */
  async writeDataFiles(rows: LakeRows): Promise<LakeDataFile[]> {
    return writeDataFiles(rows, this.#target());
  }

  /** Commits data files, or only a summary, as the next version. */
  async append(append: LakeAppend): Promise<AppendOutcome> {
    return appendFiles(append, { store: this.#store, ...this.#deps });
  }

  /** Rewrites small files of a day as one; the rows and the writer's part of the summary stay the same. */
  async rewrite(rewrite: LakeRewrite): Promise<RewriteReport> {
    return rewriteSmallFiles(rewrite, this.#target());
  }

  /** Gives the data files of a version that hold rows which are to go, one at a time. */
  findTouchedFiles(search: RowSearch): AsyncGenerator<TouchedFile> {
    return findTouchedFiles(search, this.#target());
  }

  /** Writes the rows of a touched file that stay, for `erase`. */
  async writeLeftRows(touched: TouchedFile): Promise<LakeDataFile[]> {
    return writeLeftRows(touched, this.#target());
  }

  /** Commits a version without erased rows; undefined where a touched file was replaced meanwhile. */
  async erase(erasure: RowErasure): Promise<LakeVersion | undefined> {
    return commitErasure(erasure, this.#target());
  }

  /** Deletes every file that holds an erased row, with the snapshots and manifests that tell of it. */
  async forget(isErased: RowSearch['isErased']): Promise<ForgetReport> {
    return forgetFiles(isErased, this.#target());
  }

  /** How many files `forget` would delete. */
  async countForgettable(isErased: RowSearch['isErased']): Promise<number> {
    return (await findForgettable(await this.load(), isErased, this.#target())).size;
  }

  /** The versions of the snapshots that show one of these files. */
  async findVersionsOf(paths: ReadonlySet<string>): Promise<Set<number>> {
    return findVersionsOf(paths, await this.load(), { store: this.#store });
  }

  /** Commits a version without the snapshots that retention lets go; returns those. */
  async expire(expiry: LakeExpiry): Promise<readonly Snapshot[]> {
    return expireSnapshots(expiry, { store: this.#store, ...this.#deps });
  }

  /** Removes files that no snapshot names any more. */
  async sweep(sweep: Omit<LakeSweep, 'location'>): Promise<SweepReport> {
    return sweepTable({ ...sweep, location: this.location }, { store: this.#store, ...this.#deps });
  }

  /** The data files that a version shows, in the order in which they were written. */
  async listFiles({ currentSnapshot }: LakeVersion): Promise<LakeDataFile[]> {
    const live = await readLiveEntries(this.#store, await readManifestList(this.#store, currentSnapshot));
    return live.sort((a, b) => (a.sequenceNumber ?? 0) - (b.sequenceNumber ?? 0)).map(({ file }) => file);
  }

  /** The data files that a version's own snapshot added. */
  async listAddedFiles({ currentSnapshot }: LakeVersion): Promise<LakeDataFile[]> {
    const manifests = await readManifestList(this.#store, currentSnapshot);
    const own = manifests.filter(
      (manifest) => manifest.added_snapshot_id === currentSnapshot?.['snapshot-id'] && manifest.added_files_count > 0,
    );
    const entries = await Promise.all(own.map((manifest) => readManifest(this.#store, manifest.manifest_path)));
    return entries.flat().flatMap(({ status, file }) => (status === ENTRY_STATUS.added ? [file] : []));
  }

  #target() {
    return { store: this.#store, definition: this.definition, location: this.location, ...this.#deps };
  }
}
