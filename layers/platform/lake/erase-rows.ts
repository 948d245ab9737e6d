import { TidemarkError } from '../errors.ts';
import { type DataFileTarget, type LakeDataFile, writeDataFiles } from './data-file.ts';
import type { LakeRows, LakeValue } from './definition.ts';
import { readManifestList } from './manifest-list.ts';
import { readLiveEntries } from './merge-manifests.ts';
import { decodeParquet } from './read-parquet.ts';
import { commitReplacement } from './replace-files.ts';
import type { LakeVersion } from './table-version.ts';

export interface RowSearch {
  /** The version that is searched. */
  base: LakeVersion;
  /** Says which rows of a file are to go, by their index. */
  isErased: (rows: LakeRows, row: number) => boolean;
}

/** A file with rows that are to go. */
export interface TouchedFile {
  file: LakeDataFile;
  rows: LakeRows;
  /** Indexes into `rows`. */
  erased: readonly number[];
}

export interface RowErasure {
  base: LakeVersion;
  writerId: string;
  startedAtMs: number;
  touched: readonly { readonly file: LakeDataFile; readonly left: readonly LakeDataFile[] }[];
  summarize: (base: LakeVersion) => Readonly<Record<string, string>>;
}

/** Reads every data file that a version shows, one at a time, and gives those with rows that are to go. */
export async function* findTouchedFiles(
  { base, isErased }: RowSearch,
  target: DataFileTarget,
): AsyncGenerator<TouchedFile> {
  const { store } = target;
  for (const { file } of await readLiveEntries(store, await readManifestList(store, base.currentSnapshot))) {
    const found = await searchFile(file.path.slice(store.uri.length + 1), isErased, target);
    if (!found) throw new TidemarkError(`lake: data file ${file.path} is gone: start again`, { retryable: true });
    if (found.erased.length > 0) yield { file, ...found };
  }
}

/** Reads a data file of the table, named or not; undefined where it is gone. */
export async function searchFile(
  key: string,
  isErased: RowSearch['isErased'],
  { store, definition }: DataFileTarget,
): Promise<Omit<TouchedFile, 'file'> | undefined> {
  const bytes = await store.get(key);
  if (!bytes) return undefined;
  const rows = await decodeParquet(definition.columns, bytes);
  const count = rows[definition.columns[0]?.name ?? '']?.length ?? 0;
  const erased: number[] = [];
  for (let row = 0; row < count; row += 1) if (isErased(rows, row)) erased.push(row);
  return { rows, erased };
}

/** Writes what is left of a touched file: no file where nothing is. */
export async function writeLeftRows(
  { file, rows, erased }: TouchedFile,
  target: DataFileTarget,
): Promise<LakeDataFile[]> {
  const gone = new Set(erased);
  const kept = Array.from({ length: file.recordCount }, (_, row) => row).filter((row) => !gone.has(row));
  if (kept.length === 0) return [];
  const take = (name: string): LakeValue[] => kept.map((row) => rows[name]?.[row]);
  const left = Object.fromEntries(target.definition.columns.map(({ name }) => [name, take(name)]));
  return writeDataFiles(left, target);
}

/**
 * Commits a version without the erased rows: `overwrite`, or `delete` where no file is left. Undefined where another
 * writer has replaced a touched file meanwhile: search again.
 */
export async function commitErasure(
  { touched, ...erasure }: RowErasure,
  target: DataFileTarget & { now: () => number },
): Promise<LakeVersion | undefined> {
  const removed = touched.map(({ file }) => file);
  const added = touched.flatMap(({ left }) => left);
  const operation = removed.length > 0 && added.length === 0 ? 'delete' : 'overwrite';
  return commitReplacement({ ...erasure, operation, removed, added, forgetsBounds: true }, target);
}
