import type { Tidemark } from '../../layers/platform/tidemark.ts';
import type { StoredRecord } from './retail-records.ts';

export const HORIZON_MS = 7 * 24 * 60 * 60 * 1000;

/** A valid user event at its position in Kafka. */
export interface Copy {
  readonly partition: number;
  readonly offset: number;
  /** Kafka's timestamp. */
  readonly timestamp: number;
  readonly id: string;
  /** What it says: copies of one page say the same. */
  readonly page: string;
}

export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** A record of the stream `user_events`. */
export function userRecord(id: string, page: string, timestamp: number): StoredRecord {
  const event = {
    event_id: id,
    user_id: 1,
    event_type: 'click',
    page,
    timestamp: '2026-11-21T12:00:00',
    source: 'web',
  };
  return { key: null, value: Buffer.from(JSON.stringify(event)), headers: [], timestamp };
}

export function positionOf({ partition, offset }: Pick<Copy, 'partition' | 'offset'>): string {
  return `${partition}:${offset}`;
}

export function isBelow({ partition, offset }: Pick<Copy, 'partition' | 'offset'>, tidemark: Tidemark): boolean {
  return offset < (tidemark.get(partition) ?? 0);
}

type Placed = Omit<Copy, 'page'>;

/** Those that are events where `counted` are: the rule of the design, word by word. */
export function countOnce<C extends Placed>(copies: readonly C[], counted: readonly C[]): C[] {
  const order = (a: C, b: C) => a.timestamp - b.timestamp || a.partition - b.partition || a.offset - b.offset;
  const events: C[] = [];
  for (const copy of [...copies].sort(order)) {
    const isRepeat = [...counted, ...events].some(
      (event) => event.id === copy.id && Math.abs(event.timestamp - copy.timestamp) < HORIZON_MS,
    );
    if (!isRepeat) events.push(copy);
  }
  return events;
}

/** What silver holds after snapshots with these tidemarks, oldest first. */
export function countCommits<C extends Placed>(copies: readonly C[], tidemarks: readonly Tidemark[]): C[] {
  const silver: C[] = [];
  let before: Tidemark = new Map();
  for (const tidemark of tidemarks) {
    const piece = copies.filter((copy) => isBelow(copy, tidemark) && !isBelow(copy, before));
    silver.push(...countOnce(piece, silver));
    before = tidemark;
  }
  return silver;
}
