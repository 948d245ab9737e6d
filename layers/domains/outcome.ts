import type { ReasonCode } from './reason-codes.ts';
import type { RecordPosition } from './stream.ts';

/** A Kafka record as both layers see it before it is judged. */
export interface SourceRecord extends RecordPosition {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In the record's order, names may repeat. */
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

/** A record that can never be stored as it is. */
export interface DeadLetter {
  readonly stream: string;
  readonly record: SourceRecord;
  readonly reason: ReasonCode;
  readonly detail: string;
}
