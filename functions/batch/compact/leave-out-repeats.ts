import type { EventIdentity } from '@tidemark/domains/stream';
import type { LakeRows, LakeValue, LakeVector } from '@tidemark/platform/lake/definition';

/** By id, when the lake counts an event of it: Kafka timestamps, milliseconds since 1970 UTC. */
export type CountedTimes = ReadonlyMap<string, readonly number[]>;

export interface EventsOnce {
  readonly rows: LakeRows;
  /** Rows left out, per partition. */
  readonly repeated: ReadonlyMap<number, number>;
}

/**
 * Leaves out what the lake counts already within the horizon; of copies among the rows, the smallest (timestamp,
 * partition, offset) is the event, and then each that is a horizon or more later than the last one.
 *
 * @param rows of the stream's lake table, as `collectLakeRows` gives them
 * @param counted what the lake holds of these rows' ids
 */
export function leaveOutRepeats(identity: EventIdentity, rows: LakeRows, counted: CountedTimes): EventsOnce {
  const { column, horizonMs } = identity;
  const partitions = rows._partition ?? [];
  const timeOf = (row: number) => millisecondsOf(rows._timestamp?.[row]);
  const byPosition = (a: number, b: number) =>
    timeOf(a) - timeOf(b) ||
    Number(partitions[a]) - Number(partitions[b]) ||
    Number(rows._offset?.[a]) - Number(rows._offset?.[b]);

  const left = new Uint8Array(partitions.length);
  const repeated = new Map<number, number>();
  for (const [id, copies] of findCandidates(rows[column] ?? [], counted)) {
    const times = [...(counted.get(id) ?? [])];
    for (const row of copies.sort(byPosition)) {
      const time = timeOf(row);
      if (!times.some((other) => Math.abs(time - other) < horizonMs)) {
        times.push(time);
        continue;
      }
      left[row] = 1;
      const partition = Number(partitions[row]);
      repeated.set(partition, (repeated.get(partition) ?? 0) + 1);
    }
  }
  if (repeated.size === 0) return { rows, repeated };
  const kept = Uint32Array.from(left.keys()).filter((row) => left[row] === 0);
  const take = (vector: LakeVector): LakeValue[] => Array.from(kept, (row) => vector[row]);
  return { rows: Object.fromEntries(Object.entries(rows).map(([name, vector]) => [name, take(vector)])), repeated };
}

/** The rows of each id that occurs twice or that the lake knows: all others are events without a further look. */
function findCandidates(ids: LakeVector, counted: CountedTimes): Map<string, number[]> {
  const firstRows = new Map<string, number>();
  const candidates = new Map<string, number[]>();
  for (let row = 0; row < ids.length; row += 1) {
    const id = String(ids[row]);
    const known = candidates.get(id);
    const first = firstRows.get(id);
    if (known !== undefined) known.push(row);
    else if (first !== undefined) candidates.set(id, [first, row]);
    else if (counted.has(id)) candidates.set(id, [row]);
    else firstRows.set(id, row);
  }
  return candidates;
}

function millisecondsOf(micros: LakeValue): number {
  return Number((micros as bigint) / 1000n);
}
