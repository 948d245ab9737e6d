import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import { readManifestList } from '../../../layers/platform/lake/manifest-list.ts';
import { readLiveEntries } from '../../../layers/platform/lake/merge-manifests.ts';
import { createObjectStore, type ObjectStore } from '../../../layers/platform/object-store.ts';
import type { AppendTask } from '../../support/append-to-lake.ts';
import { askClickHouse, askPyIceberg } from '../../support/lake-readers.ts';
import { EVENTS_TABLE } from '../../support/lake-tables.ts';
import { type Ministack, startMinistack } from '../../support/ministack.ts';

const WRITER = fileURLToPath(new URL('../../support/append-to-lake.ts', import.meta.url));
const START_TIMEOUT_MS = 300_000;
const TEST_TIMEOUT_MS = 300_000;
const OFFSET_FIELD_ID = 6;

let ministack: Ministack;

beforeAll(async () => {
  ministack = await startMinistack();
}, START_TIMEOUT_MS);

afterAll(() => ministack?.stop());

/** Runs a writer to its end; its signal where it was killed. */
async function runWriter(task: AppendTask): Promise<{ committed: number[]; signal: string | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const [output, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { committed: output === '' ? [] : (JSON.parse(output) as number[]), signal };
}

/** The ranges of offsets that the newest version's files hold, in order. */
async function readOffsetRanges(store: ObjectStore) {
  const table = await LakeTable.open(store, EVENTS_TABLE, { now: Date.now, newId: randomUUID });
  const newest = await table.load();
  const entries = await readLiveEntries(store, await readManifestList(store, newest.currentSnapshot));
  const ranges = entries.map(({ file }) => ({
    from: Number(file.lowerBounds.get(OFFSET_FIELD_ID)?.readBigInt64LE()),
    to: Number(file.upperBounds.get(OFFSET_FIELD_ID)?.readBigInt64LE()) + 1,
    recordCount: file.recordCount,
  }));
  return { newest, ranges: ranges.sort((a, b) => a.from - b.from) };
}

/** Every offset below `next_offset` once: the ranges follow each other without gap or overlap. */
async function expectExact(store: ObjectStore, rowCount: number): Promise<void> {
  const { newest, ranges } = await readOffsetRanges(store);
  expect(newest.summary).toMatchObject({ next_offset: String(rowCount), 'total-records': String(rowCount) });
  let next = 0;
  for (const { from, to, recordCount } of ranges) {
    expect([from, recordCount]).toEqual([next, to - from]);
    next = to;
  }
  expect(next).toBe(rowCount);
}

describe('several writers', () => {
  it(
    'at once commit ninety appends exactly, one version each',
    async () => {
      const options = await ministack.createBucket('three-writers');
      const writers = ['a', 'b', 'c'].map((writerId) =>
        runWriter({ store: options, writerId, commits: 30, rowsPerCommit: 50 }),
      );
      const versions = (await Promise.all(writers)).flatMap(({ committed }) => committed);
      expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, index) => index + 2));
      await expectExact(createObjectStore(options), 90 * 50);

      // By now manifests have been merged: foreign readers must still find each file once.
      const { newest } = await readOffsetRanges(createObjectStore(options));
      const [counted] = await askClickHouse(options, { events: newest }, [
        'SELECT count(), uniqExact(_offset), max(_offset) FROM events',
      ]);
      expect(counted).toEqual([['4500', '4500', '4499']]);
      expect(await askPyIceberg(options, newest, 'table.scan().to_arrow().num_rows')).toBe(4_500);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('a writer killed with SIGKILL', () => {
  // Pointer, version 1, then twice: data file, manifest, manifest list, version, hint.
  const WRITES = Array.from({ length: 12 }, (_, index) => index + 1);

  it(
    'after any of its writes leaves a table that the next writer continues exactly',
    async () => {
      const killThenContinue = async (killAfterWrite: number): Promise<void> => {
        const options = await ministack.createBucket(`killed-after-${killAfterWrite}`);
        const task = { store: options, writerId: 'killed', commits: 2, rowsPerCommit: 20 };
        expect(await runWriter({ ...task, killAfterWrite })).toEqual({ committed: [], signal: 'SIGKILL' });
        const { committed } = await runWriter({ ...task, writerId: 'next' });
        const commitsOfTheKilled = (killAfterWrite >= 6 ? 1 : 0) + (killAfterWrite >= 11 ? 1 : 0);
        expect(committed).toEqual([commitsOfTheKilled + 2, commitsOfTheKilled + 3]);
        await expectExact(createObjectStore(options), (commitsOfTheKilled + 2) * 20);
      };
      for (let first = 0; first < WRITES.length; first += 3) {
        await Promise.all(WRITES.slice(first, first + 3).map(killThenContinue));
      }
    },
    TEST_TIMEOUT_MS,
  );
});
