import type { ClickHouse } from './clickhouse.ts';

/** A record that can never be stored as it is, with its original bytes. */
export interface RefusedRecord {
  readonly stream: string;
  readonly reason: string;
  readonly detail: string;
  readonly record: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    /** Milliseconds since 1970 UTC. */
    readonly timestamp: number;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
  };
}

const COLUMNS = [
  'stream',
  'topic',
  '_partition',
  '_offset',
  '_timestamp',
  'reason',
  'detail',
  'key_base64',
  'value_base64',
  'headers',
] as const;

/**
 * Keeps refused records. The key is their position, so storing one twice keeps one.
 *
 * @throws ClickHouseUnavailable: the caller must not pass the records' offsets then
 */
export async function storeDeadLetters(clickhouse: ClickHouse, refused: readonly RefusedRecord[]): Promise<void> {
  const rows = refused.map(({ stream, reason, detail, record }) => [
    stream,
    record.topic,
    record.partition,
    record.offset,
    // A bare integer is DateTime64's own unit, for every moment; written as seconds, those before 1973 are refused.
    record.timestamp,
    reason,
    detail,
    toBase64(record.key),
    toBase64(record.value),
    record.headers.map(([name, value]) => ({ name, value_base64: toBase64(value) })),
  ]);
  await clickhouse.insert('tidemark.dead_letters', [...COLUMNS], rows);
}

function toBase64(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('base64');
}
