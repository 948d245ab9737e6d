import { expect } from '@jest/globals';
import { ClickHouseUnavailable } from '../../layers/platform/clickhouse.ts';
import { countCommits, countOnce, isBelow, positionOf } from '../support/user-event-model.ts';
import type { World } from './engine.ts';
import { followLake, followRebuild, type History, note } from './history.ts';
import type { ModelEvent, TableModel } from './stream-model.ts';

interface Line {
  readonly table: string;
  readonly snapshot: number;
  readonly line: string;
}

const DEAD_LETTERS = 'tidemark.dead_letters';

/**
 * Every view shows each valid event that was delivered once, at this moment, whatever snapshot it is pinned to; and every
 * record that is none is a dead letter.
 */
export async function expectExact(history: History, world: World): Promise<void> {
  await followLake(history, world);
  await followRebuild(history, world);
  const { tables } = history.stream;
  const answered = await readTables(history, world);
  const expected = new Map<number, readonly ModelEvent[]>();
  for (const table of tables) {
    const lines = answered.get(table.from);
    if (lines === undefined) continue;
    // Where there is no line, the model has no event at any snapshot.
    const snapshot = lines[0]?.snapshot ?? 0;
    const events = expected.get(snapshot) ?? eventsAt(history, snapshot);
    expected.set(snapshot, events);
    const found = { table: table.from, lines: lines.map((line) => `${line.snapshot}: ${line.line}`).sort() };
    expect(found).toEqual({
      table: table.from,
      lines: table
        .linesOf(events)
        .map((line) => `${snapshot}: ${line}`)
        .sort(),
    });
  }
  expectDeadLetters(history, answered.get(DEAD_LETTERS) ?? []);
}

/** The events that a view pinned to a snapshot shows: those of the lake, and those of the tail. */
function eventsAt({ events, lineage, storedUpTo }: History, snapshot: number): readonly ModelEvent[] {
  const tidemark = lineage[snapshot] ?? new Map();
  const inLake = countCommits(events, lineage.slice(0, snapshot + 1));
  const stored = events.filter(({ partition, offset }) => offset < (storedUpTo.get(partition) ?? 0));
  const tail = stored.filter((event) => !isBelow(event, tidemark));
  return [...inLake, ...countOnce(tail, inLake)];
}

/** All that are due; a run that died may have stored more of them, but nothing else and none twice. */
function expectDeadLetters({ poison, lineage, storedUpTo }: History, lines: readonly Line[]): void {
  const found = lines.map(({ line }) => line).sort();
  const due = poison.filter((record) => {
    return record.offset < (storedUpTo.get(record.partition) ?? 0) || isBelow(record, lineage.at(-1) ?? new Map());
  });
  expect(found).toEqual([...new Set(found)]);
  expect(poison.map(positionOf)).toEqual(expect.arrayContaining(found));
  expect(found).toEqual(expect.arrayContaining(due.map(positionOf)));
}

/** The lines of each table; a view that refuses to answer, as one of a snapshot below the floor has to, has none. */
async function readTables(history: History, world: World): Promise<Map<string, Line[]>> {
  const deadLetters = `SELECT '${DEAD_LETTERS}' AS table, 0 AS snapshot, concat(toString(_partition), ':', toString(_offset)) AS line
     FROM ${DEAD_LETTERS} FINAL WHERE stream = '${world.stream.name}'`;
  const names = [...history.stream.tables.map(({ from }) => from), DEAD_LETTERS];
  const selects = [...history.stream.tables.map(selectLines), deadLetters];
  const read = (sql: string) => world.clickhouse.query<Line>(sql);
  try {
    const { rows } = await read(selects.join(' UNION ALL '));
    return new Map(names.map((name) => [name, rows.filter(({ table }) => table === name)]));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const answered = new Map<string, Line[]>();
  for (const [index, name] of names.entries()) {
    try {
      answered.set(name, (await read(selects[index] ?? '')).rows);
    } catch (error) {
      if (!isRefusal(error) || !history.mayRefuse) throw error;
      note(history, 'refusal');
    }
  }
  return answered;
}

function selectLines({ from, fields }: TableModel): string {
  const line = fields.map((field) => `toString(${field})`).join(', ');
  return `SELECT '${from}' AS table, \`_snapshot\` AS snapshot, arrayStringConcat([${line}], '|') AS line FROM ${from}`;
}

const isRefusal = (error: unknown) =>
  error instanceof ClickHouseUnavailable && error.code === '395' && error.message.includes('is below the floor');
