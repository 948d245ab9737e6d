import { TidemarkError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import type { LakeTableDefinition } from './definition.ts';
import { buildSchema, createTableMetadata } from './table-metadata.ts';
import { type LakeVersion, metadataKeyOf, readNewestVersion } from './table-version.ts';

/** `catalog/{name}.json`: where a table lies. Written once, by whoever comes first. */
interface CatalogEntry {
  tableUuid: string;
  /** `{name}-{uuid}/`: never used twice, since readers cache metadata by its path. */
  location: string;
}

/**
 * Finds a table's newest version, creating the table on first use; among several creators the first one wins.
 * Throws a final TidemarkError where the table has other columns than the definition.
 */
export async function openTable(
  store: ObjectStore,
  definition: LakeTableDefinition,
  { now, newId }: { now: () => number; newId: () => string },
): Promise<LakeVersion> {
  const pointerKey = `catalog/${definition.name}.json`;
  const { tableUuid, location } = (await readEntry(store, pointerKey)) ?? (await createEntry(store, pointerKey, newId));
  // A creator may have died after the pointer: everyone makes sure of version 1.
  const firstKey = metadataKeyOf(location, 1);
  if (!(await store.exists(firstKey))) await createFirstVersion(store, definition, { tableUuid, location }, now());
  const newest = await readNewestVersion({ store, now }, location);
  refuseOtherColumns(definition, newest);
  return newest;
}

async function readEntry(store: ObjectStore, key: string): Promise<CatalogEntry | undefined> {
  const bytes = await store.get(key);
  return bytes && (JSON.parse(Buffer.from(bytes).toString()) as CatalogEntry);
}

async function createEntry(store: ObjectStore, key: string, newId: () => string): Promise<CatalogEntry> {
  const tableUuid = newId();
  const name = key.replace(/^catalog\//, '').replace(/\.json$/, '');
  const entry: CatalogEntry = { tableUuid, location: `${name}-${tableUuid}/` };
  const outcome = await store.putIfAbsent(key, Buffer.from(JSON.stringify(entry)));
  if (outcome === 'created') return entry;
  const winner = await readEntry(store, key);
  if (!winner) throw new TidemarkError(`lake: ${key} appeared and vanished`, { retryable: true });
  return winner;
}

async function createFirstVersion(
  store: ObjectStore,
  definition: LakeTableDefinition,
  { tableUuid, location }: CatalogEntry,
  nowMs: number,
): Promise<void> {
  const table = { uuid: tableUuid, location: `${store.uri}/${location.replace(/\/$/, '')}`, nowMs };
  const metadata = createTableMetadata(definition, table);
  await store.putIfAbsent(metadataKeyOf(location, 1), Buffer.from(JSON.stringify(metadata)));
}

function refuseOtherColumns(definition: LakeTableDefinition, { metadata }: LakeVersion): void {
  const current = metadata.schemas.find((schema) => schema['schema-id'] === metadata['current-schema-id']);
  const describe = (fields: { id: number; name: string; type: string; required: boolean }[]) =>
    fields.map(({ id, name, type, required }) => `${id} ${name} ${type}${required ? ' required' : ''}`).join(', ');
  const stored = describe([...(current?.fields ?? [])]);
  const declared = describe([...buildSchema(definition).fields]);
  if (stored !== declared) {
    throw new TidemarkError(`lake table ${definition.name} holds (${stored}), but is declared as (${declared})`, {
      retryable: false,
    });
  }
}
