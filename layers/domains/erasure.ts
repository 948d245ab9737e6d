import { hash } from 'node:crypto';
import type { SourceRecord } from './outcome.ts';
import type { Column, ColumnValue, Stream } from './stream.ts';

/** Stands for a column: the record's key. */
export const KEY_COLUMN = '_key';

/** Stands for a column where records are erased by their positions alone. */
export const POSITION_COLUMN = '_position';

/** Names the dead letter that a record was made from: `topic/partition/offset`. */
export const REPLAY_HEADER = 'tidemark-replay-of';

/** What is to be forgotten: the records of a subject below a vector of offsets, or records by their positions. */
export interface Erasure {
  readonly id: string;
  readonly column: string;
  readonly salt: string;
  /** See `hashSubject`; empty where records are erased by position. */
  readonly subjectHash: string;
  /** Per partition, the first offset that the erasure leaves alone. */
  readonly ends: ReadonlyMap<number, number>;
  readonly positions: readonly (readonly [partition: number, offset: number])[];
}

/** The part of a record that tells its subject. */
export type ErasableRecord = Pick<SourceRecord, 'topic' | 'partition' | 'offset' | 'key' | 'value' | 'headers'>;

/** Hexadecimal SHA-256 of salt and value, as ClickHouse's `hex(SHA256(concat(salt, value)))` in lower case. */
export function hashSubject(salt: string, value: string | Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(salt), Buffer.from(value)]), 'hex');
}

/** The columns whose values name a subject of the stream; the record's key too, where the lake keeps that of each. */
export function listErasableColumns({ erasableColumns = [], bronzeTable }: Stream): readonly string[] {
  return bronzeTable === undefined ? erasableColumns : [...erasableColumns, KEY_COLUMN];
}

/**
 * A subject's value as the stream's tables hold it, as text.
 *
 * @returns undefined where no event can have the value
 */
export function toSubjectText(stream: Stream, column: string, value: string): string | undefined {
  if (column === KEY_COLUMN) return value;
  const declared = findColumn(stream, column);
  if (declared === undefined) return undefined;
  if (declared.type !== 'int' && declared.type !== 'long') return textOf(declared, { [column]: value });
  return /^-?\d{1,15}$/.test(value) ? textOf(declared, { [column]: Number(value) }) : undefined;
}

/**
 * Makes the function that says whether some erasure has a record; the first that has it. It costs a comparison for a
 * record above every vector, however many there are, and a hash for each erasure that reaches beyond the record.
 *
 * A record that replays a dead letter is where the dead letter was: a replay that overtook the erasure brings nothing back.
 */
export function createEraser<E extends Erasure>(stream: Stream, erasures: readonly E[]) {
  const positions = new Map(
    erasures.map(({ id, positions: list }) => [id, new Set(list.map(([p, o]) => `${p}:${o}`))]),
  );
  const furthestEnds = new Map<number, number>();
  for (const [partition, end] of erasures.flatMap(({ ends }) => [...ends])) {
    furthestEnds.set(partition, Math.max(end, furthestEnds.get(partition) ?? 0));
  }

  return function findErasure(record: ErasableRecord): E | undefined {
    const origin = record.headers.length === 0 ? undefined : findOrigin(record);
    const places = origin === undefined ? [record] : [record, origin];
    if (places.every(({ partition, offset }) => offset >= (furthestEnds.get(partition) ?? 0))) return undefined;
    const isSubjectOf = createSubjectTest(stream, record);
    return erasures.find((erasure) =>
      places.some(({ partition, offset }) => {
        if (offset >= (erasure.ends.get(partition) ?? 0)) return false;
        if (erasure.column === POSITION_COLUMN)
          return positions.get(erasure.id)?.has(`${partition}:${offset}`) === true;
        return isSubjectOf(erasure);
      }),
    );
  };
}

/** History that has no offset yet. */
export interface PastRecord extends Pick<ErasableRecord, 'key' | 'value'> {
  /** Milliseconds since 1970 UTC; undefined where nobody can tell. */
  readonly eventTimeMs: number | undefined;
}

/**
 * Makes the function for those who bring history from elsewhere: whether it tells of the subject of an erasure, from
 * before that was asked for or from nobody knows when. What a subject did afterwards is stored as any other.
 */
export function createPastEraser(
  stream: Stream,
  erasures: readonly (Pick<Erasure, 'column' | 'salt' | 'subjectHash'> & { readonly requestedAt: string })[],
) {
  const dated = erasures.map((erasure) => ({ ...erasure, untilMs: Date.parse(erasure.requestedAt) }));

  return function isErased({ eventTimeMs = Number.NEGATIVE_INFINITY, ...record }: PastRecord): boolean {
    const isSubjectOf = createSubjectTest(stream, record);
    return dated.some((erasure) => eventTimeMs < erasure.untilMs && isSubjectOf(erasure));
  };
}

/** Makes the test of one record against the subjects of however many erasures: it is read once for each column. */
function createSubjectTest(stream: Stream, { key, value }: Pick<ErasableRecord, 'key' | 'value'>) {
  const subjects = new Map<string, string | Buffer | undefined>([[KEY_COLUMN, key ?? undefined]]);

  return function isSubjectOf({ column, salt, subjectHash }: Pick<Erasure, 'column' | 'salt' | 'subjectHash'>) {
    if (!subjects.has(column)) subjects.set(column, readSubject(stream, column, value));
    const subject = subjects.get(column);
    return subject !== undefined && hashSubject(salt, subject) === subjectHash;
  };
}

/** What the column of an event says, also of a record that is none, as long as it is a JSON object with that field. */
function readSubject(stream: Stream, column: string, value: Buffer | null): string | undefined {
  const declared = findColumn(stream, column);
  if (declared === undefined || value === null) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString('utf8'));
  } catch {
    return undefined; // free text names nobody that a machine would find
  }
  return typeof parsed === 'object' && parsed !== null ? textOf(declared, parsed) : undefined;
}

const NOWHERE = { partition: 0, offset: 0, timestamp: 0 };

function textOf(column: Column<unknown>, event: unknown): string | undefined {
  let value: ColumnValue;
  try {
    value = column.valueOf(event, NOWHERE);
  } catch {
    return undefined; // a dead letter may hold anything there
  }
  return value === null || value === undefined ? undefined : String(value);
}

function findColumn({ columns }: Stream, name: string): Column<unknown> | undefined {
  return columns.find((column) => column.name === name);
}

function findOrigin({ topic, headers }: ErasableRecord): { partition: number; offset: number } | undefined {
  const origin = headers.find(([name]) => name === REPLAY_HEADER)?.[1]?.toString('utf8');
  const [, from, partition, offset] = /^(.*)\/(\d+)\/(\d+)$/.exec(origin ?? '') ?? [];
  return from === topic ? { partition: Number(partition), offset: Number(offset) } : undefined;
}
