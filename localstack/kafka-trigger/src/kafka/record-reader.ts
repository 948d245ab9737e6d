import type { CommittedMessage } from '@tidemark/platform/kafka/aborted-transactions';
import { recordBytes } from '../core/event-size.ts';
import type { KafkaRecord } from '../core/record.ts';

/** Reads a fetched message into the trigger's own shape. `frameBytes` is its partition's, see `recordFrameBytes`. */
export function toKafkaRecord(message: CommittedMessage, frameBytes: number, arrivedAtMs: number): KafkaRecord {
  const record: KafkaRecord = {
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    timestampType: message.timestampType,
    key: message.key,
    value: message.value,
    headers: message.orderedHeaders,
    eventBytes: 0,
    arrivedAtMs,
  };
  record.eventBytes = recordBytes(record, frameBytes);
  return record;
}
