import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TidemarkError } from '../../../layers/platform/errors.ts';
import type { LakeAppend } from '../../../layers/platform/lake/append.ts';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import { readManifestList } from '../../../layers/platform/lake/manifest-list.ts';
import { readLiveEntries } from '../../../layers/platform/lake/merge-manifests.ts';
import type { LakeVersion } from '../../../layers/platform/lake/table-version.ts';
import type { ObjectStore } from '../../../layers/platform/object-store.ts';
import { buildEvents, describeColumn, EVENTS_TABLE } from '../../support/lake-tables.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;

const open = (store: ObjectStore, now = () => NOON_MS) =>
  LakeTable.open(store, EVENTS_TABLE, { now, newId: randomUUID });

async function append(table: LakeTable, base: LakeVersion, more: Partial<LakeAppend> = {}): Promise<LakeVersion> {
  const result = await table.append({ base, files: [], summary: {}, writerId: 'w', startedAtMs: NOON_MS, ...more });
  if (result.outcome !== 'committed') throw new Error('lost the race');
  return result.version;
}

async function appendEvents(table: LakeTable, from: number, count: number): Promise<LakeVersion> {
  return append(table, await table.load(), { files: await table.writeDataFiles(buildEvents(from, count)) });
}

describe('opening a lake table', () => {
  it('creates it once, however many open it at the same time', async () => {
    const store = createMemoryObjectStore();
    const tables = await Promise.all([open(store), open(store), open(store)]);
    expect(new Set(tables.map(({ location }) => location)).size).toBe(1);
    expect(tables[0]?.location).toMatch(/^test\/events-[0-9a-f-]{36}\/$/);
    expect([...store.objects.keys()].filter((key) => key.endsWith('.metadata.json'))).toHaveLength(1);
  });

  it('finishes what a creator left who died after the pointer', async () => {
    const store = createMemoryObjectStore();
    const pointer = JSON.stringify({ tableUuid: 'u', location: 'test/events-u/' });
    await store.put('catalog/test/events.json', Buffer.from(pointer));
    expect((await (await open(store)).load()).metadata['table-uuid']).toBe('u');
  });

  it('refuses a definition whose columns are not those of the table', async () => {
    const store = createMemoryObjectStore();
    await open(store);
    const other = { ...EVENTS_TABLE, columns: [...EVENTS_TABLE.columns, describeColumn(9, 'more', 'int')] };
    const opening = LakeTable.open(store, other, { now: () => NOON_MS, newId: randomUUID });
    await expect(opening).rejects.toMatchObject({ retryable: false, message: expect.stringContaining('9 more int') });
  });

  it('refuses a partition column that can be null', async () => {
    const optional = EVENTS_TABLE.columns.map((column) => ({ ...column, required: false }));
    const opening = LakeTable.open(
      createMemoryObjectStore(),
      { ...EVENTS_TABLE, columns: optional },
      {
        now: () => NOON_MS,
        newId: randomUUID,
      },
    );
    await expect(opening).rejects.toThrow('must name a required timestamp column');
  });
});

describe('the newest version', () => {
  it.each(['1', '2', '4', '5', '999', 'nonsense', ''])('is found with the hint at "%s"', async (hint) => {
    const store = createMemoryObjectStore();
    const writer = await open(store);
    for (let from = 0; from < 4; from += 1) await appendEvents(writer, from, 1);
    await store.put(`${writer.location}metadata/version-hint.text`, Buffer.from(hint));
    expect((await (await open(store)).load()).version).toBe(5);
  });

  it('is found without a hint, and far above one', async () => {
    const store = createMemoryObjectStore();
    const writer = await open(store);
    let base = await writer.load();
    for (let commits = 0; commits < 60; commits += 1) base = await append(writer, base);
    await store.delete(`${writer.location}metadata/version-hint.text`);
    expect((await (await open(store)).load()).version).toBe(61);
  });

  it('is found when older versions were expired under a reader', async () => {
    const store = createMemoryObjectStore();
    const [writer, reader] = [await open(store), await open(store)];
    for (let from = 0; from < 3; from += 1) await appendEvents(writer, from, 1);
    for (const version of [1, 2, 3]) await store.delete(`${writer.location}metadata/v${version}.metadata.json`);
    expect((await reader.load()).version).toBe(4);
    expect(await reader.loadVersion(2)).toBeUndefined();
  });
});

describe('appending', () => {
  it('moves the summary on without any row', async () => {
    const table = await open(createMemoryObjectStore());
    const version = await append(table, await table.load(), { summary: { tidemark: '7' } });
    expect(version).toMatchObject({
      version: 2,
      summary: { tidemark: '7', operation: 'append', 'total-records': '0' },
    });
    expect(await table.listAddedFiles(version)).toEqual([]);
  });

  it('says what each version added, and keeps totals', async () => {
    const table = await open(createMemoryObjectStore());
    const first = await appendEvents(table, 0, 2_500);
    const second = await appendEvents(table, 2_500, 100);
    const counts = async (version: LakeVersion) =>
      (await table.listAddedFiles(version)).map((file) => file.recordCount);
    expect(await counts(first)).toEqual([1_000, 1_000, 500]);
    expect(await counts(second)).toEqual([100]);
    expect(second.summary).toMatchObject({ 'added-records': '100', 'total-records': '2600', 'total-data-files': '4' });
    expect(second.currentSnapshot?.['parent-snapshot-id']).toBe(first.currentSnapshot?.['snapshot-id']);
  });

  it('lets the time of snapshots rise although the clock goes back', async () => {
    const store = createMemoryObjectStore();
    const ahead = await appendEvents(await open(store, () => NOON_MS + 5_000), 0, 1);
    const behind = await appendEvents(await open(store), 1, 1);
    expect([ahead, behind].map(({ metadata }) => metadata['last-updated-ms'] - NOON_MS)).toEqual([5_001, 5_002]);
  });

  it('gives up after an hour, since its files may have been removed', async () => {
    const table = await open(createMemoryObjectStore());
    const late = append(table, await table.load(), { startedAtMs: NOON_MS - HOUR_MS - 1 });
    await expect(late).rejects.toMatchObject({ retryable: true, message: expect.stringContaining('over an hour old') });
  });

  it('tells a writer that lost the race what won', async () => {
    const store = createMemoryObjectStore();
    const [winner, loser] = [await open(store), await open(store)];
    const base = await loser.load();
    await append(winner, base, { summary: { who: 'winner' } });
    const result = await loser.append({ base, files: [], summary: {}, writerId: 'loser', startedAtMs: NOON_MS });
    expect(result).toMatchObject({ outcome: 'conflict', newest: { version: 2, summary: { who: 'winner' } } });
  });

  it('rebases the files it has written, if the caller says they still fit', async () => {
    const store = createMemoryObjectStore();
    const [winner, loser] = [await open(store), await open(store)];
    const base = await loser.load();
    const files = await loser.writeDataFiles(buildEvents(10, 10));
    await appendEvents(winner, 0, 10);
    const rebase = (newest: LakeVersion) => ({ after: newest.summary['total-records'] ?? '' });
    const rebased = await append(loser, base, { files, summary: { after: '0' }, rebase });
    expect(rebased).toMatchObject({ version: 3, summary: { after: '10', 'total-records': '20' } });
    expect(rebased.currentSnapshot?.['sequence-number']).toBe(2);
    expect(await loser.listAddedFiles(rebased)).toEqual(files);
  });

  it('merges manifests once there are many, and keeps where each file came from', async () => {
    const store = createMemoryObjectStore();
    const table = await open(store);
    let newest = await table.load();
    for (let from = 0; from < 120; from += 1) newest = await appendEvents(table, from, 1);
    const manifests = await readManifestList(store, newest.currentSnapshot);
    expect(manifests.length).toBeLessThanOrEqual(21);
    const entries = await readLiveEntries(store, manifests);
    expect(entries.map((entry) => entry.sequenceNumber).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1),
    );
    const bySequence = new Map(newest.metadata.snapshots.map((it) => [it['sequence-number'], it['snapshot-id']]));
    expect(entries.every((entry) => bySequence.get(entry.sequenceNumber ?? 0) === entry.snapshotId)).toBe(true);
    expect(manifests.reduce((rows, it) => rows + it.added_rows_count + it.existing_rows_count, 0)).toBe(120);
    expect((await table.listAddedFiles(newest)).map((file) => file.recordCount)).toEqual([1]);
  });

  it('needs every column, all of one length', async () => {
    const table = await open(createMemoryObjectStore());
    const { store_id: _, ...incomplete } = buildEvents(0, 3);
    await expect(table.writeDataFiles(incomplete)).rejects.toThrow('rows need every column');
    await expect(table.writeDataFiles({ ...incomplete, store_id: [1] })).rejects.toThrow('all of one length');
  });
});

describe('when the store fails', () => {
  const lost = () => new TidemarkError('lost on the way', { retryable: true });

  it('a commit whose acknowledgement was lost is recognised as its own', async () => {
    const store = createMemoryObjectStore();
    let losses = 0;
    const losing: ObjectStore = {
      ...store,
      putIfAbsent: async (key, body) => {
        const outcome = await store.putIfAbsent(key, body);
        if (!key.endsWith('/v2.metadata.json') || losses > 0) return outcome;
        losses += 1;
        throw lost();
      },
    };
    const version = await appendEvents(await open(losing), 0, 10);
    expect([losses, version.version, version.summary['total-records']]).toEqual([1, 2, '10']);
    expect((await (await open(store)).load()).version).toBe(2);
  });

  it('a commit that never arrives is a retryable error, and the table stays as it was', async () => {
    const store = createMemoryObjectStore();
    const table = await open(store);
    const base = await table.load();
    const dead: ObjectStore = { ...store, putIfAbsent: () => Promise.reject(lost()) };
    const writer = await open(dead);
    await expect(append(writer, base)).rejects.toMatchObject({ retryable: true });
    expect((await table.load()).version).toBe(1);
  });

  it('a hint that cannot be written does not undo the commit', async () => {
    const store = createMemoryObjectStore();
    const put: ObjectStore['put'] = (key, body) =>
      key.endsWith('version-hint.text') ? Promise.reject(lost()) : store.put(key, body);
    expect((await appendEvents(await open({ ...store, put }), 0, 1)).version).toBe(2);
  });

  it('an upload that fails begins no further one and commits nothing', async () => {
    const store = createMemoryObjectStore();
    let uploads = 0;
    const put: ObjectStore['put'] = (key, body) => {
      if (!key.endsWith('.parquet')) return store.put(key, body);
      uploads += 1;
      return Promise.reject(lost());
    };
    const table = await open({ ...store, put });
    await expect(table.writeDataFiles(buildEvents(0, 100, 1))).rejects.toThrow('lost on the way');
    expect(uploads).toBeLessThanOrEqual(8);
  });
});
